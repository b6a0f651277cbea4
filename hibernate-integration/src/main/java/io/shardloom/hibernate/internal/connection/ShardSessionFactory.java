package io.shardloom.hibernate.internal.connection;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.readonly.ReadOnlySessions;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.SynchronizationType;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.StatelessSessionBuilder;
import org.hibernate.engine.creation.spi.SessionBuilderImplementor;
import org.hibernate.engine.spi.SessionFactoryDelegatingImpl;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.internal.SessionFactoryImpl;
import org.hibernate.jpa.HibernateHints;
import org.jspecify.annotations.Nullable;

/**
 * The factory a sharded unit hands out: Hibernate's own, which also knows {@link Shardloom#KEY} and
 * what {@link ReadingProperties} reads, takes a framework's word that its transaction only reads, and refuses to open a session that has no key.
 */
public final class ShardSessionFactory extends SessionFactoryDelegatingImpl {
    private static final long serialVersionUID = 1L;

    private static final int PLANS = 512;

    private final transient SessionFactoryImpl hibernates;
    private final transient ShardingRuntime runtime;
    private final transient Map<Class<?>, Object> ones = new ConcurrentHashMap<>();
    private final transient Map<Object, Object> plans = new ConcurrentHashMap<>();

    ShardSessionFactory(SessionFactoryImplementor delegate, ShardingRuntime runtime) {
        super(delegate);
        this.hibernates = delegate.unwrap(SessionFactoryImpl.class);
        this.runtime = runtime;
    }

    /**
     * Returns the only one of a class that the factory has, made at the first call.
     *
     * @param type its class
     * @param make makes it
     * @param <T> its class
     */
    public <T> T one(Class<T> type, Supplier<T> make) {
        return type.cast(ones.computeIfAbsent(type, t -> make.get()));
    }

    /**
     * Refuses work after the factory was closed, as Hibernate's own doors do.
     *
     * @throws IllegalStateException if it is closed
     */
    public void requireOpen() {
        if (isClosed()) {
            throw new IllegalStateException("EntityManagerFactory is closed");
        }
    }

    /**
     * Returns the plan of a query over all nodes, made once for some hundreds of queries.
     *
     * @param hql the query
     * @param result what each of its rows is
     * @param make makes the plan
     * @param <P> the plan
     */
    @SuppressWarnings("unchecked")
    public <P> P plan(String hql, Class<?> result, Supplier<P> make) {
        var key = Map.entry(hql, result);
        var plan = (P) plans.get(key);
        if (plan == null) {
            plan = make.get();
            if (plans.size() >= PLANS) {
                plans.clear();
            }
            plans.put(key, plan);
        }
        return plan;
    }

    /** Returns the sharding behind the factory. */
    public ShardingRuntime runtime() {
        return runtime;
    }

    @Override
    public SessionBuilderImplementor withOptions() {
        return ReadOnlySessions.builder(hibernates);
    }

    @Override
    public StatelessSessionBuilder withStatelessOptions() {
        return ReadOnlySessions.statelessBuilder(hibernates);
    }

    @Override
    public SessionImplementor openSession() {
        requireKey();
        return super.openSession();
    }

    @Override
    public StatelessSession openStatelessSession() {
        requireKey();
        return withStatelessOptions().openStatelessSession();
    }

    @Override
    public Session createEntityManager() {
        return createEntityManager(SynchronizationType.SYNCHRONIZED, Map.of());
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Session createEntityManager(Map map) {
        return createEntityManager(SynchronizationType.SYNCHRONIZED, map);
    }

    @Override
    public Session createEntityManager(SynchronizationType synchronization) {
        return createEntityManager(synchronization, Map.of());
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Session createEntityManager(SynchronizationType synchronization, @Nullable Map map) {
        var properties = new HashMap<Object, Object>();
        if (map != null) {
            for (var entry : ((Map<?, ?>) map).entrySet()) {
                properties.put(entry.getKey(), entry.getValue());
            }
        }
        var target = ReadingProperties.target(properties.remove(Shardloom.READ_TARGET));
        var token = ReadingProperties.token(properties.remove(Shardloom.READ_TOKEN));
        var reading = properties.remove(Shardloom.READ_ONLY);
        boolean keyed = properties.containsKey(Shardloom.KEY);
        var key = properties.remove(Shardloom.KEY);
        ReadingProperties.refuseUnknown(properties.keySet());
        var builder = withOptions().autoJoinTransactions(synchronization == SynchronizationType.SYNCHRONIZED);
        var hint = properties.remove(HibernateHints.HINT_TENANT_ID);
        if (keyed) {
            builder = builder.tenantIdentifier((Object) runtime.sessionKey(key));
        } else if (hint != null) {
            builder = builder.tenantIdentifier((Object) runtime.sessionKey(hint));
        } else {
            requireKey();
        }
        boolean readOnly = ReadingProperties.readOnly(
                reading, properties.remove(HibernateHints.HINT_READ_ONLY), target != null || token != null);
        builder = builder.readOnly(readOnly);
        if (target != null || token != null) {
            builder = builder.eventListeners(new Reading(target, token));
        }
        var session = builder.openSession();
        properties.forEach((name, value) -> {
            if (name instanceof String property) {
                session.setProperty(property, value);
            }
        });
        return session;
    }

    private static void requireKey() {
        if (io.shardloom.context.ShardContext.currentOrNull() == null) {
            throw ShardConnectionProvider.noKey();
        }
    }

    @Override
    public void runInTransaction(Consumer<EntityManager> work) {
        inTransaction(work);
    }

    @Override
    public <R> R callInTransaction(Function<EntityManager, R> work) {
        return fromTransaction(work);
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        if (type == ShardSessionFactory.class
                || type == SessionFactory.class
                || type == SessionFactoryImplementor.class
                || type == EntityManagerFactory.class) {
            return type.cast(this);
        }
        return super.unwrap(type);
    }
}
