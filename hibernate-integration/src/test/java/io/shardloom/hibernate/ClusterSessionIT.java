package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.hibernate.shop.Branch;
import io.shardloom.hibernate.shop.Country;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.hibernate.shop.Order;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 2)
class ClusterSessionIT {
    static EmbeddedCluster cluster;
    static EntityManagerFactory emf;
    static Shardloom shop;
    static final List<UUID> CUSTOMERS = new ArrayList<>();

    @BeforeAll
    static void open(EmbeddedCluster given) throws SQLException {
        cluster = given;
        emf = Units.shop(cluster);
        shop = Shardloom.of(emf);
        for (var node : cluster.nodes()) {
            node.primary().execute("insert into country (code, name) values ('br', 'Brasil')");
        }
        for (int i = 0; i < 20; i++) {
            var id = shop.newUuid();
            var name = "customer " + i;
            CUSTOMERS.add(id);
            shop.inTransaction(id, em -> {
                var customer = new Customer(id, name);
                customer.country = em.getReference(Country.class, "br");
                em.persist(customer);
                em.persist(new Order(id, "new", BigDecimal.TEN));
            });
        }
        for (var country : List.of("Brasil", "Espanha")) {
            shop.inTransaction(country, em -> em.persist(new Branch(country, "capital")));
        }
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @Test
    void findsRowsByTheirIdsWhereverTheyAre() {
        var names = shop.<List<String>>readCluster(session -> session.findAll(Customer.class, CUSTOMERS).stream()
                .map(customer -> customer.name)
                .toList());

        assertThat(names).hasSize(20).startsWith("customer 0", "customer 1").endsWith("customer 19");
        shop.inCluster(session -> {
            assertThat(session.find(Customer.class, CUSTOMERS.get(3)).name).isEqualTo("customer 3");
            assertThat(session.find(Customer.class, shop.newUuid())).isNull();
            assertThat(session.find(Country.class, "br").name).isEqualTo("Brasil");
            assertThat(session.findAll(Country.class, List.of("no", "br"))).hasSize(1);
        });
    }

    @Test
    void findsARowWhoseIdDoesNotTellItsKey() {
        shop.inCluster(session -> {
            var ids = session.query("select id from Branch", Integer.class).getResultList();

            assertThat(ids).hasSize(2);
            assertThat(session.findAll(Branch.class, ids))
                    .extracting(branch -> branch.country)
                    .containsExactlyInAnyOrder("Brasil", "Espanha");
        });
    }

    @Test
    void readsTheRowsOfAllNodes() {
        shop.inCluster(session -> {
            assertThat(session.query("from Order", Order.class).getResultList())
                    .extracting(order -> order.customer.name)
                    .hasSize(20)
                    .doesNotHaveDuplicates();
            assertThat(session.query("select name from Customer where name <> :name", String.class)
                            .setParameter("name", "customer 7")
                            .getResultList())
                    .hasSize(19);
        });
    }
}
