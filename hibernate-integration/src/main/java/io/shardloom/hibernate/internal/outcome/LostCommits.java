package io.shardloom.hibernate.internal.outcome;

import io.shardloom.hibernate.internal.readonly.ReadOnlyWork;
import io.shardloom.server.Outcomes;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import org.hibernate.TransactionException;
import org.hibernate.boot.registry.StandardServiceInitiator;
import org.hibernate.resource.jdbc.spi.JdbcSessionOwner;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;
import org.hibernate.resource.transaction.backend.jdbc.spi.JdbcResourceTransaction;
import org.hibernate.resource.transaction.backend.jdbc.spi.JdbcResourceTransactionAccess;
import org.hibernate.resource.transaction.internal.TransactionCoordinatorBuilderInitiator;
import org.hibernate.resource.transaction.spi.DdlTransactionIsolator;
import org.hibernate.resource.transaction.spi.TransactionCoordinator;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorOwner;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.hibernate.service.spi.ServiceRegistryImplementor;
import org.hibernate.tool.schema.internal.exec.JdbcContext;
import org.jspecify.annotations.Nullable;

/**
 * Hibernate's transactions, whose commit says what became of it where the connection was lost, and is refused where a
 * read-only session has changed what it loaded.
 */
public final class LostCommits implements TransactionCoordinatorBuilder {
    private static final long serialVersionUID = 1L;

    private final transient TransactionCoordinatorBuilder hibernates;

    private LostCommits(TransactionCoordinatorBuilder hibernates) {
        this.hibernates = hibernates;
    }

    /** Puts them in the place of Hibernate's own; those of JTA stay as they are. */
    public static final class Initiator implements StandardServiceInitiator<TransactionCoordinatorBuilder> {
        @Override
        public Class<TransactionCoordinatorBuilder> getServiceInitiated() {
            return TransactionCoordinatorBuilder.class;
        }

        @Override
        public TransactionCoordinatorBuilder initiateService(
                Map<String, Object> settings, ServiceRegistryImplementor registry) {
            var hibernates = TransactionCoordinatorBuilderInitiator.INSTANCE.initiateService(settings, registry);
            return hibernates.isJta() ? hibernates : new LostCommits(hibernates);
        }
    }

    @Override
    public TransactionCoordinator buildTransactionCoordinator(TransactionCoordinatorOwner owner, Options options) {
        return hibernates.buildTransactionCoordinator(
                owner instanceof JdbcResourceTransactionAccess access ? new Owner(owner, access) : owner, options);
    }

    @Override
    public boolean isJta() {
        return false;
    }

    @Override
    public PhysicalConnectionHandlingMode getDefaultConnectionHandlingMode() {
        return hibernates.getDefaultConnectionHandlingMode();
    }

    @Override
    public DdlTransactionIsolator buildDdlTransactionIsolator(JdbcContext context) {
        return hibernates.buildDdlTransactionIsolator(context);
    }

    /** One session's owner of transactions and its transaction in one, because every session has one. */
    private static final class Owner
            implements TransactionCoordinatorOwner, JdbcResourceTransactionAccess, JdbcResourceTransaction {
        private final TransactionCoordinatorOwner owner;
        private final JdbcResourceTransactionAccess access;
        private @Nullable JdbcResourceTransaction transaction;

        Owner(TransactionCoordinatorOwner owner, JdbcResourceTransactionAccess access) {
            this.owner = owner;
            this.access = access;
        }

        @Override
        public JdbcResourceTransaction getResourceLocalTransaction() {
            transaction = access.getResourceLocalTransaction();
            return this;
        }

        private JdbcResourceTransaction transaction() {
            return Objects.requireNonNull(transaction);
        }

        @Override
        public void begin() {
            transaction().begin();
        }

        @Override
        public void commit() {
            try {
                ReadOnlyWork.refuseChanges(getJdbcSessionOwner());
            } catch (RuntimeException changed) {
                try {
                    rollback();
                } catch (RuntimeException e) {
                    changed.addSuppressed(e);
                }
                throw changed;
            }
            try {
                transaction().commit();
            } catch (TransactionException e) {
                if (e.getCause() instanceof SQLException failure) {
                    // What only reads has nothing that could have been done.
                    Outcomes.of(failure, !ReadOnlyWork.isReadOnly(getJdbcSessionOwner()))
                            .ifPresent(lost -> {
                                throw lost;
                            });
                }
                throw e;
            }
        }

        @Override
        public void rollback() {
            transaction().rollback();
        }

        @Override
        public TransactionStatus getStatus() {
            return transaction().getStatus();
        }

        @Override
        public void markRollbackOnly() {
            transaction().markRollbackOnly();
        }

        @Override
        public boolean isActive() {
            return owner.isActive();
        }

        @Override
        public void startTransactionBoundary() {
            owner.startTransactionBoundary();
        }

        @Override
        public void afterTransactionBegin() {
            owner.afterTransactionBegin();
        }

        @Override
        public void beforeTransactionCompletion() {
            owner.beforeTransactionCompletion();
        }

        @Override
        public void afterTransactionCompletion(boolean successful, boolean delayed) {
            owner.afterTransactionCompletion(successful, delayed);
        }

        @Override
        public JdbcSessionOwner getJdbcSessionOwner() {
            return owner.getJdbcSessionOwner();
        }

        @Override
        public void setTransactionTimeOut(int seconds) {
            owner.setTransactionTimeOut(seconds);
        }

        @Override
        public void flushBeforeTransactionCompletion() {
            owner.flushBeforeTransactionCompletion();
        }
    }
}
