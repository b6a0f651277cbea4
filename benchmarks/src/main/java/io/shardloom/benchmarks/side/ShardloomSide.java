package io.shardloom.benchmarks.side;

import io.shardloom.benchmarks.model.Order;
import io.shardloom.choice.ReadTarget;
import io.shardloom.hibernate.Shardloom;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.Session;

/** Shardloom, configured by its properties alone. */
final class ShardloomSide extends Side {
    private final EntityManagerFactory factory;
    private final Shardloom shop;
    private final boolean fanOutsOnly;

    ShardloomSide(Settings settings, Orders orders) {
        super(orders);
        var properties = new HashMap<>(settings.startingWith("shardloom."));
        properties.put("shardloom.read-target", "primary"); // as the other sides, where nothing is said of replicas
        factory = Persistence.createEntityManagerFactory("shop", properties);
        shop = Shardloom.of(factory);
        fanOutsOnly = settings.get("side").equals("shardloom_plain");
    }

    /** Keyed work in the plain layout is a part of the report of its own. */
    @Override
    boolean supports(Op op) {
        return !fanOutsOnly || op.kind() == Op.Kind.FAN_OUT;
    }

    @Override
    <R> R transaction(long customer, Function<Session, R> work) {
        return shop.fromTransaction(customer, work);
    }

    @Override
    <R> R onReplica(long customer, Function<Session, R> work) {
        return shop.readOnly(customer, ReadTarget.REPLICA, work);
    }

    /** The session's key is in the statement anyway. */
    @Override
    List<Order> ordersOf(Session session, long customer) {
        return session.createSelectionQuery("from Order", Order.class).getResultList();
    }

    /** Left to {@code @ShardedUuid}. */
    @Override
    UUID newOrderId() {
        return null;
    }

    /** On all nodes or on none. */
    @Override
    void insertOfKeys(List<Order> orders) {
        shop.inCluster(session -> session.persistAll(orders));
    }

    /** The UUID tells the nodes. */
    @Override
    Order byUuid(UUID id) {
        return shop.query(Op.FIND_BY_UUID.hql(), Order.class)
                .setParameter("id", id)
                .getSingleResult();
    }

    @Override
    List<?> fanOut(Op op) {
        var query = shop.query(op.hql(), op.row());
        if (op.maxResults() > 0) {
            query.setFirstResult(op.firstResult()).setMaxResults(op.maxResults());
        }
        return query.getResultList();
    }

    @Override
    public void close() {
        factory.close();
    }
}
