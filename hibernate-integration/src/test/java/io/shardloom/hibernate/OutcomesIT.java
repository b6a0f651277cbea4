package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.shardloom.failure.ConnectionLostException;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.RollbackException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.SharedSessionContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a session says of a transaction whose connection is lost: whether it may have been done. */
@WithCluster(nodes = 1, replicas = 0, shared = false)
class OutcomesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String NOT_DONE = "The connection was lost before the transaction was committed (";
    private static final String UNKNOWN = "The connection was lost while the transaction was being committed (";
    /** A lock that a commit waits for, see {@link #slowCommits}. */
    private static final int HELD = 4711;

    static EmbeddedServer primary;
    static EntityManagerFactory emf;
    static Shardloom shop;

    private UUID key;

    @BeforeAll
    static void open(EmbeddedCluster cluster) throws SQLException {
        primary = cluster.node("n1").primary();
        emf = Units.open("shop-on-one-node", cluster);
        shop = Shardloom.of(emf);
        slowCommits();
    }

    /** Lets the commit of a customer named "slow" wait for a lock. */
    private static void slowCommits() throws SQLException {
        primary.execute(
                "create function wait_for_lock() returns trigger language plpgsql as $$ begin"
                        + " if new.name = 'slow' then perform pg_advisory_xact_lock_shared(" + HELD + "); end if;"
                        + " return null; end $$",
                "create constraint trigger slow_commit after insert on customer deferrable initially deferred"
                        + " for each row execute function wait_for_lock()");
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @BeforeEach
    void newKey() {
        key = shop.newUuid();
    }

    @Test
    void aStatementThatIsCutOffHasDoneNothing() throws Exception {
        assertNotDone(whileCutOff(
                "pg_sleep",
                () -> shop.inTransaction(key, em -> {
                    em.persist(new Customer(key, "Ann"));
                    em.flush();
                    sleep(em);
                })));
        assertNotDone(whileCutOff("pg_sleep", () -> {
            try (var session = shop.openStatelessSession(key)) {
                session.beginTransaction();
                session.insert(new Customer(key, "Ann"));
                sleep(session);
            }
        }));
    }

    @Test
    void aFlushOnALostConnectionHasDoneNothing() {
        assertNotDone(catchThrowable(() -> shop.inTransaction(key, em -> {
            em.find(Customer.class, key);
            cutOffAll();
            em.persist(new Customer(key, "Ann"));
            em.flush();
        })));
        assertNotDone(catchThrowable(() -> shop.inTransaction(key, em -> {
            em.find(Customer.class, key);
            cutOffAll();
            em.persist(new Customer(key, "Ann")); // flushed by the commit
        })));
        try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, key))) {
            em.getTransaction().begin();
            em.find(Customer.class, key);
            cutOffAll();
            em.persist(new Customer(key, "Ann"));

            var failure = catchThrowable(() -> em.getTransaction().commit());

            assertThat(failure).isInstanceOf(RollbackException.class).hasMessageContaining(NOT_DONE);
            assertNotDone(failure.getCause());
            assertThat(em.getTransaction().isActive()).isFalse();
        }
    }

    @Test
    void aCommitThatIsCutOffMayHaveBeenDone() throws Exception {
        try (var held = primary.connect();
                var statement = held.createStatement()) {
            statement.execute("select pg_advisory_lock(" + HELD + ")");

            assertUnknown(
                    whileCutOff("COMMIT", () -> shop.inTransaction(key, em -> em.persist(new Customer(key, "slow")))));
            var wrapped = whileCutOff("COMMIT", () -> {
                try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, key))) {
                    em.getTransaction().begin();
                    em.persist(new Customer(key, "slow"));
                    em.getTransaction().commit();
                }
            });
            assertThat(wrapped).isInstanceOf(RollbackException.class).hasMessageContaining(UNKNOWN);
            assertUnknown(wrapped.getCause());
            var stateless = whileCutOff("COMMIT", () -> {
                try (var session = shop.openStatelessSession(key)) {
                    var transaction = session.beginTransaction();
                    session.insert(new Customer(key, "slow"));
                    transaction.commit();
                }
            });
            assertUnknown(stateless instanceof RollbackException ? stateless.getCause() : stateless);
        }
        assertThat(rows()).isZero(); // the trigger had not let it through; the client could not know
    }

    @Test
    void aCommitThatWaitsForAReplicaIsDoneAndTheClientCannotKnow() throws Exception {
        synchronous("nobody");
        try {
            Await.until("commits wait for a replica", SOON, OutcomesIT::aCommitWaits);
            assertUnknown(whileCutOffAt(
                    "wait_event = 'SyncRep'", // from here on it is committed on the primary
                    () -> shop.inTransaction(key, em -> em.persist(new Customer(key, "Ann")))));
        } finally {
            synchronous("");
        }
        assertThat(rows()).isOne();
    }

    @Test
    void aReadThatIsCutOffAtItsEndIsToBeDoneAgain() {
        var failure = catchThrowable(() -> shop.readOnly(key, em -> {
            em.find(Customer.class, key);
            cutOffAll();
            return key;
        }));

        assertThat(failure).hasMessageStartingWith(NOT_DONE);
    }

    @Test
    void aClusterQueryThatIsCutOffIsToBeDoneAgain() throws Exception {
        for (int i = 0; i < 3; i++) {
            var other = shop.newUuid();
            shop.inTransaction(other, em -> em.persist(new Customer(other, "Ann")));
        }
        Throwable list;
        try (var lock = primary.connect();
                var statement = lock.createStatement()) {
            lock.setAutoCommit(false);
            statement.execute("lock table customer in access exclusive mode");
            list = whileCutOff("from customer", () -> shop.query("from Customer", Customer.class)
                    .getResultList());
        }
        assertNotDone(list);
        try (var rows =
                shop.query("from Customer", Customer.class).setFetchSize(1).getResultStream()) {
            var at = rows.iterator();
            at.next();
            cutOffAll();

            assertNotDone(catchThrowable(() -> at.forEachRemaining(customer -> {})));
        }
    }

    @Test
    void aPrimaryThatIsKilledHasDoneNothingBeforeTheCommit() {
        var before = whileKilled(
                em -> em.createQuery("from Customer", Customer.class).getResultList());
        assertNotDone(before);

        assertUnknown(whileKilled(em -> {}));

        shop.inTransaction(key, em -> em.persist(new Customer(key, "Ann")));
        assertThat(rows()).isOne();
    }

    /** Kills the primary inside a transaction and starts it again; returns what the transaction throws. */
    private Throwable whileKilled(Consumer<Session> rest) {
        try {
            return catchThrowable(() -> shop.inTransaction(key, em -> {
                em.persist(new Customer(key, "Ann"));
                em.flush();
                primary.kill();
                rest.accept(em);
            }));
        } finally {
            primary.start();
        }
    }

    private interface Work {
        void run();
    }

    /** Does work, ends its backend once that runs a statement, and returns what the work throws. */
    private static Throwable whileCutOff(String statement, Work work) throws Exception {
        return whileCutOffAt("state = 'active' and query ilike '%" + statement + "%'", work);
    }

    /** Does work, ends its backend once that is seen in a state, and returns what the work throws. */
    private static Throwable whileCutOffAt(String state, Work work) throws Exception {
        var running = CompletableFuture.supplyAsync(() -> catchThrowable(work::run));
        Await.until("a backend with " + state, SOON, () -> running.isDone() || cutOff(state) > 0);
        return running.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    private static void cutOffAll() {
        assertThat(cutOff("true")).isPositive();
    }

    private static int cutOff(String which) {
        return endBackends("application_name = 'shardloom' and " + which);
    }

    private static int endBackends(String which) {
        try (var connection = primary.connectAsSuperuser();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select count(pg_terminate_backend(pid, 60000)) from pg_stat_activity where " + which)) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void synchronous(String names) throws SQLException {
        primary.executeAsSuperuser(
                "alter system set synchronous_standby_names = '" + names + "'", "select pg_reload_conf()");
        Await.until("the setting holds", SOON, () -> primary.value("show synchronous_standby_names")
                .equals(names));
    }

    /** The setting holds for commits when the checkpointer has read it too, which no view tells. */
    private static boolean aCommitWaits() {
        var commit = CompletableFuture.runAsync(() -> {
            try {
                primary.executeAsSuperuser("select pg_logical_emit_message(true, 'test', 'does it wait?')");
            } catch (SQLException cutOff) {
                throw new CompletionException(cutOff);
            }
        });
        Await.until(
                "a commit waits or is over",
                SOON,
                () -> commit.isDone()
                        || endBackends("application_name = 'shardloom-testing' and wait_event = 'SyncRep'") > 0);
        return commit.handle((done, cutOff) -> cutOff != null).join();
    }

    private static void sleep(SharedSessionContract session) {
        Shardloom.unchecked(session.createNativeQuery("select cast(pg_sleep(60) as text)", String.class))
                .getSingleResult();
    }

    private void assertNotDone(Throwable failure) {
        assertLost(failure, NOT_DONE, "). Nothing of it was done; do it again.", true);
        assertThat(rows()).isZero();
    }

    private static void assertUnknown(Throwable failure) {
        assertLost(
                failure, UNKNOWN, "). It may have been done or not: look for its rows before doing it again.", false);
    }

    private static void assertLost(Throwable failure, String start, String end, boolean known) {
        assertThat(failure)
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageStartingWith(start)
                .hasMessageEndingWith(end)
                .cause()
                .isInstanceOf(SQLException.class);
        assertThat(((ConnectionLostException) failure).outcomeKnown()).isEqualTo(known);
    }

    private int rows() {
        return shop.readOnly(key, em -> em.createQuery("from Customer", Customer.class)
                .getResultList()
                .size());
    }
}
