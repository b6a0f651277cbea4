package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.ReadOnlyException;
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
    void opensNothingAfterItIsClosed() {
        var session = shop.openClusterSession(true);
        var query = session.query("select count(*) from Order", Long.class);
        session.close();

        assertThatThrownBy(() -> session.find(Customer.class, CUSTOMERS.get(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The cluster session is closed. Open another one.");
        assertThatThrownBy(query::getSingleResult).isInstanceOf(IllegalStateException.class);
        assertThat(shop.status()).allMatch(server -> server.active() == 0);
    }

    @Test
    void isRefusedByAClosedFactory() {
        var closed = Units.open("shop", cluster, Units.ACTION, "none");
        var late = Shardloom.of(closed);
        closed.close();

        assertThatThrownBy(() ->
                        late.query("select count(*) from Order", Long.class).getSingleResult())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("EntityManagerFactory is closed");
        assertThatThrownBy(() -> late.openClusterSession(false)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void saysOfAReadOnlySessionWhatItWouldWrite() {
        assertThatThrownBy(() ->
                        shop.readCluster(session -> session.find(Customer.class, CUSTOMERS.get(0)).name = "other"))
                .isInstanceOf(ReadOnlyException.class)
                .hasMessageStartingWith("Cannot commit: name of Customer");
        assertThatThrownBy(() -> shop.readCluster(session -> session.merge(new Customer(CUSTOMERS.get(0), "other"))))
                .isInstanceOf(ReadOnlyException.class);
        assertThatThrownBy(() -> shop.readCluster(session -> session.execute("delete from Order")))
                .isInstanceOf(ReadOnlyException.class);
    }

    @Test
    void refusesWhatIsNoId() {
        shop.readCluster(session -> {
            assertThatThrownBy(() -> session.find(Order.class, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Cannot find Order by null. Give an id.");
            assertThatThrownBy(() -> session.find(Country.class, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Cannot find Country by null. Give an id.");
            assertThatThrownBy(() -> session.findAll(Order.class, List.of(CUSTOMERS.get(0))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Cannot find Order by " + CUSTOMERS.get(0)
                            + " (java.util.UUID) in a cluster session, which has"
                            + " no key to make it a whole id. Give an Order$Key.");
            return null;
        });
    }

    @Test
    void refusesAParameterThatAQueryDoesNotHave() {
        var named = shop.query("select count(*) from Order where status = :status", Long.class);
        var numbered = shop.query("select count(*) from Order where status = ?1", Long.class);
        var none = shop.query("select count(*) from Order", Long.class);

        assertThatThrownBy(() -> named.setParameter("state", "new"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The query has no parameter state (it has: status).");
        assertThatThrownBy(() -> named.setParameterList("states", List.of("new")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The query has no parameter states (it has: status).");
        assertThatThrownBy(() -> numbered.setParameter(2, "new"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The query has no parameter 2 (it has: 1).");
        assertThatThrownBy(() -> none.setParameter("status", "new"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The query has no parameter status (it has: none).");
        assertThat(named.setParameter("status", "new").getSingleResult()).isEqualTo(20);
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
