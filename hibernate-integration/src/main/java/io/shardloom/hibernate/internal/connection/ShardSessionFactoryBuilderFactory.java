package io.shardloom.hibernate.internal.connection;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.cache.RecoveredRows;
import io.shardloom.hibernate.internal.cluster.ReferenceTables;
import org.hibernate.SessionFactory;
import org.hibernate.boot.SessionFactoryBuilder;
import org.hibernate.boot.spi.AbstractDelegatingSessionFactoryBuilderImplementor;
import org.hibernate.boot.spi.MetadataImplementor;
import org.hibernate.boot.spi.SessionFactoryBuilderFactory;
import org.hibernate.boot.spi.SessionFactoryBuilderImplementor;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;

/** Found by Hibernate: wraps the session factory of a sharded unit in a {@link ShardSessionFactory}. */
public final class ShardSessionFactoryBuilderFactory implements SessionFactoryBuilderFactory {
    @Override
    public @Nullable SessionFactoryBuilder getSessionFactoryBuilder(
            MetadataImplementor metadata, SessionFactoryBuilderImplementor builder) {
        var runtime = metadata.getMetadataBuildingOptions().getServiceRegistry().requireService(ShardingRuntime.class);
        return runtime.enabled() ? new Builder(builder, runtime) : null;
    }

    private static final class Builder extends AbstractDelegatingSessionFactoryBuilderImplementor<Builder> {
        private final ShardingRuntime runtime;

        Builder(SessionFactoryBuilderImplementor delegate, ShardingRuntime runtime) {
            super(delegate);
            this.runtime = runtime;
        }

        @Override
        protected Builder getThis() {
            return this;
        }

        @Override
        public SessionFactory build() {
            var factory = new ShardSessionFactory((SessionFactoryImplementor) super.build(), runtime);
            runtime.start(new ReferenceTables(factory).all(), new RecoveredRows(factory));
            return factory;
        }
    }
}
