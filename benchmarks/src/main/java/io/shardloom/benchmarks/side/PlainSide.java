package io.shardloom.benchmarks.side;

import io.shardloom.benchmarks.model.Order;
import jakarta.persistence.Persistence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/** Hibernate and one data source, which is one server with all rows, or ShardingSphere's. */
final class PlainSide extends Side {
    private final boolean pagesInSql;
    private final Opened primary;
    private final Supplier<Opened> replicaOpener;
    private volatile Opened replica;

    /** A data source and the factory above it. */
    private record Opened(DataSource source, SessionFactory factory) {
        void close() {
            factory.close();
            try {
                ((AutoCloseable) source).close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private PlainSide(Orders orders, boolean pagesInSql, Opened primary, Supplier<Opened> replicaOpener) {
        super(orders);
        this.pagesInSql = pagesInSql;
        this.primary = primary;
        this.replicaOpener = replicaOpener;
    }

    static Side oneServer(Settings settings, Orders orders) {
        var disables = Map.of("hibernate.connection.provider_disables_autocommit", "true");
        return new PlainSide(
                orders,
                false,
                open(settings.pool(settings.get("url.0"), 20), disables),
                () -> open(settings.pool(settings.get("replica.0"), 20), disables));
    }

    /** Pages are asked in SQL, because those that Hibernate makes come back with wrong rows. */
    static Side shardingSphere(Settings settings, Orders orders) {
        return new PlainSide(
                orders,
                true,
                open(ShardingSphere.open(settings, false), Map.of()),
                () -> open(ShardingSphere.open(settings, true), Map.of()));
    }

    private static Opened open(DataSource source, Map<String, String> more) {
        var properties = new HashMap<String, Object>(more);
        properties.put("jakarta.persistence.nonJtaDataSource", source);
        return new Opened(
                source,
                Persistence.createEntityManagerFactory("shop", properties).unwrap(SessionFactory.class));
    }

    /** Opened at its first use, because a boot does not need it. */
    private synchronized Opened openReplica() {
        if (replica == null) {
            replica = replicaOpener.get();
        }
        return replica;
    }

    @Override
    <R> R transaction(long customer, Function<Session, R> work) {
        return primary.factory().fromTransaction(work);
    }

    @Override
    <R> R onReplica(long customer, Function<Session, R> work) {
        var opened = replica;
        if (opened == null) {
            opened = openReplica();
        }
        try (var session = opened.factory().withOptions().readOnly(true).openSession()) {
            var transaction = session.beginTransaction();
            var result = work.apply(session);
            transaction.commit();
            return result;
        }
    }

    @Override
    void insertOfKeys(List<Order> orders) {
        primary.factory().inTransaction(session -> orders.forEach(session::persist));
    }

    @Override
    Order byUuid(UUID id) {
        return primary.factory()
                .fromTransaction(session -> session.createSelectionQuery(Op.FIND_BY_UUID.hql(), Order.class)
                        .setParameter("id", id)
                        .getSingleResult());
    }

    @Override
    List<?> fanOut(Op op) {
        return primary.factory().fromTransaction(session -> {
            if (pagesInSql && op.maxResults() > 0) {
                return session.createNativeQuery(op.sql(), Object.class)
                        .setParameter(1, op.maxResults())
                        .setParameter(2, op.firstResult())
                        .getResultList();
            }
            var query = session.createSelectionQuery(op.hql(), Object.class);
            if (op.maxResults() > 0) {
                query.setFirstResult(op.firstResult()).setMaxResults(op.maxResults());
            }
            return query.getResultList();
        });
    }

    @Override
    public void close() {
        primary.close();
        if (replica != null) {
            replica.close();
        }
    }
}
