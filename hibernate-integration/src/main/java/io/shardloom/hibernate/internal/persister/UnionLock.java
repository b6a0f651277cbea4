package io.shardloom.hibernate.internal.persister;

import jakarta.persistence.Timeout;
import java.util.List;
import org.hibernate.LockMode;
import org.hibernate.Locking;
import org.hibernate.ScrollMode;
import org.hibernate.StaleObjectStateException;
import org.hibernate.Timeouts;
import org.hibernate.dialect.lock.LockingStrategy;
import org.hibernate.engine.spi.EntityKey;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.TableDetails;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.internal.QueryOptionsImpl;
import org.hibernate.sql.ast.tree.select.SelectStatement;
import org.hibernate.sql.exec.internal.BaseExecutionContext;
import org.hibernate.sql.exec.internal.StandardStatementCreator;
import org.hibernate.sql.exec.internal.lock.TableLock;
import org.hibernate.sql.results.spi.ListResultsConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Locks the row of an entity that has a table of its own in its hierarchy. Hibernate's own lock selects from the union of
 * all tables, which PostgreSQL does not lock.
 *
 * @param persister of the entity itself
 * @param table that has its rows
 */
record UnionLock(EntityPersister persister, TableDetails table, LockMode mode) implements LockingStrategy {
    @Override
    @SuppressWarnings("deprecation") // the form that Hibernate calls
    public void lock(
            Object id, @Nullable Object version, Object entity, int timeout, SharedSessionContractImplementor session) {
        var row =
                new Row(LockedTable.of(table, persister), persister, session.generateEntityKey(id, persister), session);
        boolean found = row.lock(mode, Timeouts.interpretMilliSeconds(timeout), session);
        if (!found
                || (persister.isVersioned()
                        && !persister.getVersionType().isEqual(version, persister.getCurrentVersion(id, session)))) {
            throw new StaleObjectStateException(persister.getEntityName(), id);
        }
    }

    private static final class Row extends TableLock {
        Row(TableDetails table, EntityPersister persister, EntityKey key, SharedSessionContractImplementor session) {
            super(table, persister, List.of(key), session);
        }

        boolean lock(LockMode mode, Timeout timeout, SharedSessionContractImplementor session) {
            var options = new QueryOptionsImpl();
            options.getLockOptions().setLockMode(mode);
            options.getLockOptions().setTimeout(timeout);
            options.getLockOptions().setFollowOnStrategy(Locking.FollowOn.DISALLOW);
            var factory = session.getFactory();
            var services = factory.getJdbcServices();
            var select = services.getDialect()
                    .getSqlAstTranslatorFactory()
                    .buildSelectTranslator(factory, new SelectStatement(querySpec, domainResults))
                    .translate(jdbcParameterBindings, options);
            List<Object[]> rows = services.getJdbcSelectExecutor()
                    .executeQuery(
                            select,
                            jdbcParameterBindings,
                            new BaseExecutionContext(session),
                            row -> row,
                            Object[].class,
                            StandardStatementCreator.getStatementCreator(ScrollMode.FORWARD_ONLY),
                            ListResultsConsumer.instance(ListResultsConsumer.UniqueSemantic.ALLOW));
            return !rows.isEmpty();
        }
    }
}
