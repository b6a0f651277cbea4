package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.RolledBackException;
import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.office.Member;
import io.shardloom.hibernate.office.Tariff;
import io.shardloom.reference.ReferenceDifference;
import io.shardloom.reference.ReferenceDifference.Kind;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 3)
class ReferenceTablesIT {
    static EmbeddedCluster cluster;
    static EntityManagerFactory emf;
    static Shardloom office;

    @BeforeAll
    static void open(EmbeddedCluster given) {
        cluster = given;
        emf = Units.open("office", cluster, "shardloom.hikari.maximumPoolSize", "8");
        office = Shardloom.of(emf);
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @BeforeEach
    void clear() throws SQLException {
        for (var node : cluster.nodes()) {
            node.primary().execute("truncate visit, member, tariff, tariff_labels, tariff_notes");
        }
    }

    /** All rows of the copies on one node, as text. */
    private static String rows(String node) throws SQLException {
        return cluster.node(node)
                .primary()
                .value("select concat_ws(' | ', (select string_agg(t::text, ';' order by t.id) from tariff t),"
                        + " (select string_agg(l::text, ';' order by l::text) from tariff_labels l),"
                        + " (select string_agg(n::text, ';' order by n::text) from tariff_notes n))");
    }

    private static void assertCopiesAreEqual() throws SQLException {
        assertThat(rows("n2")).isEqualTo(rows("n1"));
        assertThat(rows("n3")).isEqualTo(rows("n1"));
        assertThat(office.checkReferenceTables()).isEmpty();
    }

    private static Tariff tariff(String name, String price) {
        var tariff = new Tariff(name, price);
        tariff.labels.addAll(List.of("a", "b"));
        tariff.notes.addAll(List.of("same", "same", "other"));
        return tariff;
    }

    @Test
    void writesTheSameRowsOnEveryNode() throws SQLException {
        var basic = tariff("basic", "9.90");
        office.inCluster(session -> session.persist(basic));
        assertThat(rows("n3")).contains("basic").contains("9.90");
        assertCopiesAreEqual();

        office.inCluster(session -> {
            var found = session.find(Tariff.class, basic.id);
            found.price = new BigDecimal("12.5");
            found.labels.remove("a");
            found.notes.remove("same");
        });
        assertThat(rows("n2")).contains("12.50");
        assertThat(cluster.node("n3").primary().value("select version from tariff"))
                .isEqualTo("1");
        assertCopiesAreEqual();

        var detached = office.<Tariff>fromCluster(session -> session.find(Tariff.class, basic.id));
        detached.name = "merged";
        detached.labels = null;
        detached.notes = null;
        office.inCluster(session -> session.merge(detached));
        assertThat(rows("n2")).contains("merged");
        assertCopiesAreEqual();

        office.inCluster(session -> session.remove(session.find(Tariff.class, basic.id)));
        assertThat(rows("n3")).isEmpty();
        assertCopiesAreEqual();
    }

    @Test
    void hasTheRowsOnANodeBeforeItsOwnRowsPointToThem() throws SQLException {
        var ids = new ArrayList<UUID>();
        for (int i = 0; i < 12; i++) {
            ids.add(office.newUuid());
        }

        office.inCluster(session -> {
            var basic = tariff("basic", "1");
            session.persist(basic);
            for (var id : ids) {
                var member = new Member(id, "x");
                member.tariff = basic;
                session.persist(member);
            }
        });

        assertCopiesAreEqual();
        for (var id : ids) {
            assertThat(office.<String>readOnly(office.key("people", id), em -> em.find(Member.class, id).tariff.name))
                    .isEqualTo("basic");
        }
    }

    @Test
    void changesAllCopiesInBulk() throws SQLException {
        office.inCluster(session -> session.persistAll(List.of(tariff("a", "1"), tariff("b", "2"), tariff("c", "3"))));

        long changed = office.<Long>fromCluster(session -> session.execute(
                "update versioned Tariff set price = price * 2 where price > :least", Map.of("least", 1)));
        assertThat(changed).isEqualTo(2);
        assertThat(rows("n3")).contains("4.00").contains("6.00");
        assertCopiesAreEqual();

        assertThat(office.<Long>fromCluster(session -> session.execute("delete from Tariff where name = 'a'")))
                .isEqualTo(1);
        assertCopiesAreEqual();
    }

    @Test
    void keepsItsRowsThroughExchangedUniqueValues() throws SQLException {
        var a = tariff("a", "1");
        office.inCluster(session -> session.persist(a));

        office.inCluster(session -> {
            session.remove(session.find(Tariff.class, a.id));
            session.flush();
            session.persist(tariff("a", "2"));
        });

        assertThat(rows("n2")).contains("2.00");
        assertCopiesAreEqual();
    }

    @Test
    void refusesToWriteOneCopyOnly() {
        var basic = tariff("basic", "1");
        office.inCluster(session -> session.persist(basic));
        var key = office.key("people", office.newUuid());

        assertThatThrownBy(() -> office.inTransaction(key, em -> em.persist(tariff("x", "1"))))
                .isInstanceOf(WrongShardKeyException.class)
                .hasMessage(
                        "Cannot insert Tariff: it is a reference table, and a session of one key or node would change"
                                + " one node's copy only. Write it in a cluster session: Shardloom.of(emf).inCluster(…).");
        assertThatThrownBy(() -> office.inTransaction(
                        key, em -> em.createMutationQuery("delete from Tariff").executeUpdate()))
                .isInstanceOf(WrongShardKeyException.class)
                .hasMessageContaining("Write it in a cluster session");
    }

    @Test
    void refusesAChangeOfACopyThatCameWithARowOfAnotherNode() {
        var id = office.newUuid();
        while (office.explain(office.key("people", id)).location().node().name().equals("n1")) {
            id = office.newUuid();
        }
        var member = new Member(id, "x");
        office.inCluster(session -> {
            member.tariff = tariff("basic", "1");
            session.persist(member.tariff);
            session.persist(member);
        });

        assertThatThrownBy(() ->
                        office.inCluster(session -> session.find(Member.class, member.id).tariff.name = "changed"))
                .isInstanceOf(WrongShardKeyException.class)
                .hasMessageStartingWith("Cannot write Tariff here: it is a reference table, and this object came with a"
                        + " row of node ");
    }

    @Test
    void keepsCopiesEqualUnderConcurrentWriters() throws Exception {
        var tariffs = List.of(tariff("a", "0"), tariff("b", "0"), tariff("c", "0"));
        office.inCluster(session -> session.persistAll(tariffs));
        int writers = 3;
        int rounds = 4;
        var threads = Executors.newFixedThreadPool(writers);
        var work = new ArrayList<Callable<Integer>>();
        for (int w = 0; w < writers; w++) {
            int writer = w;
            work.add(() -> {
                int lost = 0;
                for (int round = 0; round < rounds; round++) {
                    lost += write(tariffs, writer, round) ? 0 : 1;
                }
                return lost;
            });
        }

        int done = writers * rounds;
        for (var result : threads.invokeAll(work, 120, TimeUnit.SECONDS)) {
            done -= result.get();
        }
        threads.shutdown();

        assertThat(done).isPositive();
        assertCopiesAreEqual();
        assertThat(new BigDecimal(cluster.node("n3").primary().value("select sum(price) from tariff")))
                .isEqualByComparingTo(BigDecimal.valueOf(done));
        assertThat(office.transactionsInDoubt().inDoubt()).isEmpty();
    }

    /** Adds 1 to some price, in one of three ways. Returns whether it was committed. */
    private static boolean write(List<Tariff> tariffs, int writer, int round) {
        var id = tariffs.get((writer + round) % 3).id;
        try {
            office.inCluster(session -> {
                if (round % 2 == 0) {
                    session.execute("update versioned Tariff set price = price + 1 where id = :id", Map.of("id", id));
                } else {
                    var found = session.find(Tariff.class, id);
                    found.price = found.price.add(BigDecimal.ONE);
                }
                var member = new Member(office.newUuid(), "w");
                member.tariff = session.find(Tariff.class, id);
                session.persist(member);
            });
            return true;
        } catch (RolledBackException | jakarta.persistence.PersistenceException e) {
            return false; // another one was first: a stale version
        }
    }

    @Test
    void findsAndRepairsCopiesThatDiffer() throws SQLException {
        var a = tariff("a", "1");
        var b = tariff("b", "2");
        office.inCluster(session -> session.persistAll(List.of(a, b)));
        cluster.node("n2").primary().execute("update tariff set price = 7 where name = 'a'");
        cluster.node("n3")
                .primary()
                .execute(
                        "delete from tariff_labels where tariff_id = " + b.id,
                        "insert into tariff (id, name, price, made, version) values (-1, 'extra', 1, now(), 0)",
                        "insert into tariff_notes select * from tariff_notes");

        assertThat(office.checkReferenceTables())
                .containsExactlyInAnyOrder(
                        new ReferenceDifference("Tariff", "" + a.id, "n2", "n1", Kind.OTHER_VALUES),
                        new ReferenceDifference("Tariff", "-1", "n3", "n1", Kind.EXTRA),
                        new ReferenceDifference("Tariff_labels", "a, " + b.id, "n3", "n1", Kind.MISSING),
                        new ReferenceDifference("Tariff_labels", "b, " + b.id, "n3", "n1", Kind.MISSING),
                        new ReferenceDifference("Tariff_notes", "", "n3", "n1", Kind.OTHER_ROWS));

        assertThat(office.repairReferenceTables("n1")).isEqualTo(5);
        assertCopiesAreEqual();
        assertThat(office.repairReferenceTables("n1")).isZero();
    }

    @Test
    void fillsANodeThatHasNoRowsYet() throws SQLException {
        office.inCluster(session -> session.persistAll(List.of(tariff("a", "1"), tariff("b", "2"))));
        cluster.node("n1").primary().execute("truncate tariff, tariff_labels, tariff_notes, member, visit");

        assertThat(office.repairReferenceTables("n2")).isEqualTo(7);

        assertCopiesAreEqual();
        assertThat(rows("n1")).contains("2.00");
    }
}
