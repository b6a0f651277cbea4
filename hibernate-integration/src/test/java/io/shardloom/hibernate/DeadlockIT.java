package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.hibernate.office.Member;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.hibernate.exception.LockAcquisitionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions that wait for each other in a circle which no server sees alone. */
@WithCluster(nodes = 3)
class DeadlockIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    static EmbeddedCluster cluster;
    static EntityManagerFactory emf;
    static EntityManagerFactory other;
    static Shardloom office;
    /** As another instance of the application has it: nothing of the first one's units is known to it. */
    static Shardloom instance;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Member onFirst;
    private Member onSecond;
    private Member alsoOnSecond;

    @BeforeAll
    static void open(EmbeddedCluster given) {
        cluster = given;
        emf = Units.open("office", cluster);
        other = Units.open("office", cluster, Units.ACTION, "none");
        office = Shardloom.of(emf);
        instance = Shardloom.of(other);
    }

    @AfterAll
    static void close() {
        emf.close();
        other.close();
    }

    @BeforeEach
    void addMembers() {
        onFirst = memberOn("n1");
        onSecond = memberOn("n2");
        alsoOnSecond = memberOn("n2");
        office.inCluster(session -> session.persistAll(List.of(onFirst, onSecond, alsoOnSecond)));
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private static Member memberOn(String node) {
        while (true) {
            var id = UUID.randomUUID();
            if (office.sharding().nodeOf(office.key("people", id)).name().equals(node)) {
                return new Member(id, "nobody");
            }
        }
    }

    @Test
    void oneOfTwoUnitsThatWaitForEachOtherIsRolledBack() throws Exception {
        assertOneLoses(office, office);
    }

    @Test
    void soIsOneOfTwoInstances() throws Exception {
        assertOneLoses(office, instance);
    }

    private void assertOneLoses(Shardloom one, Shardloom two) throws Exception {
        var bothHaveOne = new CyclicBarrier(2);
        var ann = start(() -> rename(one, bothHaveOne, "ann", onFirst, onSecond));
        var bob = start(() -> rename(two, bothHaveOne, "bob", onSecond, onFirst));

        var failures = new ArrayList<Throwable>();
        var winner = outcome(ann, failures) ? "ann" : "bob";
        assertThat(outcome(bob, failures)).isEqualTo(winner.equals("bob"));
        assertThat(failures).singleElement().satisfies(DeadlockIT::isDeadlock);
        assertThat(names(onFirst, onSecond)).containsExactly(winner, winner);
    }

    private static void isDeadlock(Throwable failure) {
        assertThat(failure)
                .isInstanceOfSatisfying(LockAcquisitionException.class, deadlock -> assertThat(
                                deadlock.getSQLException().getSQLState())
                        .isEqualTo("40P01"))
                .hasMessageStartingWith("The unit of work waited in a circle with others over several nodes (process ")
                .hasMessageContaining(" of node n1 waits for unit ")
                .hasMessageContaining(" of node n2 waits for unit ");
    }

    @Test
    void bulkStatementsAndTransactionsOfOneNodeAreSeenInACircle() throws Exception {
        var allHaveOne = new CyclicBarrier(3);
        var ann = start(() -> {
            office.inCluster(session -> {
                update(session, "ann", onFirst);
                await(allHaveOne);
                update(session, "ann", onSecond);
            });
            return true;
        });
        var dora = start(() -> {
            try (var connection = cluster.node("n2").primary().connect();
                    var statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.executeUpdate("update member set name = 'dora' where id = '" + onSecond.id + "'");
                await(allHaveOne);
                statement.executeUpdate("update member set name = 'dora' where id = '" + alsoOnSecond.id + "'");
                connection.commit();
            }
            return true;
        });
        var bob = start(() -> {
            office.inCluster(session -> {
                update(session, "bob", alsoOnSecond);
                await(allHaveOne);
                update(session, "bob", onFirst);
            });
            return true;
        });

        var failures = new ArrayList<Throwable>();
        var winners = new HashSet<String>();
        for (var each : Map.of("ann", ann, "bob", bob, "dora", dora).entrySet()) {
            if (outcome(each.getValue(), failures)) {
                winners.add(each.getKey());
            }
        }
        assertThat(winners).hasSize(2).contains("dora");
        assertThat(failures).singleElement().isInstanceOf(LockAcquisitionException.class);
    }

    @Test
    void whoWaitsForSomebodyWhoDoesNotWaitIsLeftAlone() throws Exception {
        var waits = new CyclicBarrier(2);
        try (var connection = cluster.node("n2").primary().connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate("update member set name = 'dora' where id = '" + onSecond.id + "'");
            var ann = start(() -> rename(office, waits, "ann", onFirst, onSecond));
            await(waits);
            awaitTurns(4, cluster.node("n2").primary());
            assertThat(ann.isDone()).isFalse();
            connection.commit();
            assertThat(ann.get(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(names(onFirst, onSecond)).containsExactly("ann", "ann");
        for (var node : cluster.nodes()) {
            Await.until("nothing is asked for nobody on " + node.name(), DEADLINE, () -> "0"
                    .equals(node.primary()
                            .value("select count(*) from pg_stat_activity"
                                    + " where application_name = 'shardloom-deadlocks'")));
        }
    }

    private static void awaitTurns(int count, EmbeddedServer server) {
        Set<String> seen = new HashSet<>();
        Await.until(count + " turns", DEADLINE, () -> {
            seen.add(server.value("select max(query_start)::text from pg_stat_activity"
                    + " where application_name = 'shardloom-deadlocks'"));
            return seen.size() > count;
        });
    }

    private static boolean rename(Shardloom unit, CyclicBarrier barrier, String name, Member first, Member then) {
        unit.inCluster(session -> {
            session.find(Member.class, first.id).name = name;
            session.flush();
            await(barrier);
            session.find(Member.class, then.id).name = name;
            session.flush();
        });
        return true;
    }

    private static void update(ClusterSession session, String name, Member member) {
        session.execute("update Member set name = :name where id = :id", Map.of("name", name, "id", member.id));
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the others did not come", e);
        }
    }

    private <T> Future<T> start(Callable<T> work) {
        return threads.submit(work);
    }

    private static boolean outcome(Future<Boolean> work, List<Throwable> failures) throws Exception {
        try {
            return work.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            failures.add(e.getCause());
            return false;
        }
    }

    private static List<String> names(Member... members) throws SQLException {
        var names = new ArrayList<String>();
        for (var member : members) {
            names.add(office.fromCluster(session -> session.find(Member.class, member.id).name));
        }
        return names;
    }
}
