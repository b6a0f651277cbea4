package io.shardloom.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hibernate.query.Order.asc;
import static org.hibernate.query.Order.desc;

import io.shardloom.choice.ReadToken;
import io.shardloom.context.ShardContext;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.server.OwnWrites;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import io.shardloom.topology.Server;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.query.KeyedPage;
import org.hibernate.query.KeyedResultList;
import org.hibernate.query.Page;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 2, replicas = 2)
class ReadmeIT {
    @Test
    void runsWhatTheReadmeShows(EmbeddedCluster cluster) {
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        try (var emf = Persistence.createEntityManagerFactory("webshop", properties)) {
            var customerId = UUID.fromString("018f4e1c-7d2a-7cc3-9a51-3f0e5b6d7a10");

            quickstart(emf, customerId);
            cluster.awaitReplicas();
            assertThat(read(emf, customerId)).extracting(o -> o.status).containsExactly("new");
            assertThat(found(emf, customerId).status).isEqualTo("new");
            plainJpa(emf, customerId);
            thread(emf, customerId);
            assertThat(explain(emf, customerId)).contains("MODULUS 32, REMAINDER");
            assertThat(nativeSql(emf, customerId)).isEqualTo(1);
            assertThat(paid(emf, customerId)).hasSize(1);
            assertThat(seen(emf, customerId)).isEqualTo(3);
            cluster.awaitReplicas();
            assertThat(nextPage(emf)).isNull();
            assertThat(wholeCluster(emf).stream().mapToLong(Sales::orders).sum())
                    .isEqualTo(3);
            moreReplicas(emf);
        }
    }

    private static void quickstart(EntityManagerFactory emf, UUID customerId) {
        var shop = Shardloom.of(emf);

        shop.inTransaction(customerId, em -> em.persist(new Order("new", new BigDecimal("9.50"))));
    }

    private static KeyedPage<Order> nextPage(EntityManagerFactory emf) {
        var shop = Shardloom.of(emf);

        KeyedResultList<Order> page = shop.query("from Order where status = 'new'", Order.class)
                .getKeyedResultList(
                        Page.first(20).keyedBy(List.of(desc(Order.class, "total"), asc(Order.class, "id"))));
        KeyedPage<Order> next = page.getNextPage();
        return next;
    }

    private static List<Order> read(EntityManagerFactory emf, UUID customerId) {
        var shop = Shardloom.of(emf);

        List<Order> orders = shop.readOnly(
                customerId, em -> em.createQuery("from Order", Order.class).getResultList());
        return orders;
    }

    private static Order found(EntityManagerFactory emf, UUID customerId) {
        var shop = Shardloom.of(emf);
        var id = read(emf, customerId).get(0).id;

        Order order = shop.readOnly(customerId, em -> em.find(Order.class, id));
        return order;
    }

    private static void plainJpa(EntityManagerFactory emf, UUID customerId) {
        try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, customerId, Shardloom.READ_ONLY, true))) {
            var count = em.createQuery("select count(*) from Order", Long.class).getSingleResult();
            assertThat(count).isEqualTo(1);
        }
    }

    private static void thread(EntityManagerFactory emf, UUID customerId) {
        ShardContext.run(customerId, () -> {
            try (var em = emf.createEntityManager()) {
                assertThat(em.createQuery("from Order", Order.class).getResultList())
                        .hasSize(1);
            }
        });
    }

    private static List<Order> paid(EntityManagerFactory emf, UUID customerId) {
        var shop = Shardloom.of(emf);

        shop.inTransaction(customerId, em -> em.persist(new Order("paid", new BigDecimal("9.50"))));
        ReadToken token = shop.token(customerId);

        List<Order> paid =
                shop.readOnly(customerId, token, em -> em.createQuery("from Order where status = 'paid'", Order.class)
                        .getResultList());
        return paid;
    }

    private static long seen(EntityManagerFactory emf, UUID customerId) {
        var shop = Shardloom.of(emf);

        long orders = OwnWrites.with(() -> {
            shop.inTransaction(customerId, em -> em.persist(new Order("sent", new BigDecimal("9.50"))));
            return shop.<Long>readOnly(customerId, em -> em.createQuery("select count(*) from Order", Long.class)
                    .getSingleResult());
        });
        return orders;
    }

    private static void moreReplicas(EntityManagerFactory emf) {
        var shop = Shardloom.of(emf);

        var pools = shop.sharding().pools();
        var n1 = shop.sharding().node("n1");

        Server added = pools.addReplica(n1, "jdbc:postgresql://db1d:5432/shop");
        assertThat(shop.status()).anyMatch(status -> status.server().equals(added));

        pools.removeReplica(n1, added);
        assertThat(shop.status()).noneMatch(status -> status.server().equals(added));
    }

    private static String explain(EntityManagerFactory emf, UUID customerId) {
        var shop = Shardloom.of(emf);
        return shop.explain(customerId).toString();
    }

    private static long nativeSql(EntityManagerFactory emf, UUID customerId) {
        var shop = Shardloom.of(emf);

        long orders = shop.fromTransaction(customerId, em -> {
            var count = em.createNativeQuery("select count(*) from orders where customerId = :key", Long.class);
            return Shardloom.unchecked(count).setParameter("key", customerId).getSingleResult();
        });
        long named = shop.fromTransaction(customerId, em -> em.createNamedQuery("newOrders", Long.class)
                .setParameter("key", customerId)
                .getSingleResult());
        assertThat(named).isEqualTo(orders);
        return orders;
    }

    record Sales(String status, Long orders, BigDecimal total) {}

    private static List<Sales> wholeCluster(EntityManagerFactory emf) {
        var shop = Shardloom.of(emf);
        List<Sales> sales = shop.query(
                        "select status, count(*), sum(total) from Order group by status order by count(*) desc",
                        Sales.class)
                .getResultList();
        return sales;
    }

    @Test
    void printsTheSchemaOfEachNode(EmbeddedCluster cluster) {
        Map<String, String> scripts = Shardloom.createScripts("webshop", cluster.shardloomProperties());
        assertThat(scripts.get("n1")).contains("CREATE TABLE \"orders_p00\" PARTITION OF \"orders\"");
    }
}
