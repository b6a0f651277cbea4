package io.shardloom.readme.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.shardloom.context.ShardContext;
import io.shardloom.failure.MissingShardKeyException;
import io.shardloom.failure.ReadOnlyException;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.wire.Quiet;
import io.shardloom.hibernate.wire.WireCounter;
import io.shardloom.server.OwnWrites;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedNode;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's transactions: those that read go to replicas, the others to primaries. */
@WithCluster(nodes = 2, replicas = 1)
class SpringIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final List<WireCounter> PRIMARIES = new ArrayList<>();
    private static final List<WireCounter> REPLICAS = new ArrayList<>();

    static EmbeddedCluster cluster;
    static AnnotationConfigApplicationContext spring;
    static EntityManagerFactory emf;
    static EntityManager shared;
    static Shardloom hotel;
    static Bookings bookings;
    static Work work;
    static UUID guest;

    @BeforeAll
    static void open() throws IOException {
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        for (var node : cluster.nodes()) {
            var primary = new WireCounter(node.primary().port());
            var replica = new WireCounter(node.replica(0).port());
            PRIMARIES.add(primary);
            REPLICAS.add(replica);
            properties.put("shardloom.node." + node.name() + ".primary", url(primary));
            properties.put("shardloom.node." + node.name() + ".replicas", url(replica));
        }
        properties.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        properties.put("shardloom.hikari.maximumPoolSize", "2"); // for a transaction inside another
        properties.put("shardloom.hikari.minimumIdle", "2"); // so that none is opened while round trips are counted
        Quiet.begin(properties);
        spring = new AnnotationConfigApplicationContext();
        spring.getBeanFactory().addBeanPostProcessor(servers(properties));
        spring.register(HotelConfiguration.class, Bookings.class, Work.class);
        spring.refresh();
        emf = spring.getBean(EntityManagerFactory.class);
        hotel = Shardloom.of(emf);
        Quiet.awaitFirstPass();
        shared = SharedEntityManagerCreator.createSharedEntityManager(emf);
        bookings = spring.getBean(Bookings.class);
        work = spring.getBean(Work.class);
        Await.until("all pools are open and full", DEADLINE, SpringIT::allPoolsAreFull);
    }

    private static boolean allPoolsAreFull() {
        hotel.query("select count(*) from Booking", Long.class).getSingleResult();
        return hotel.status().stream().allMatch(server -> server.idle() == 2);
    }

    private static String url(WireCounter counter) {
        return "jdbc:postgresql://127.0.0.1:" + counter.port() + "/" + cluster.database() + "?sslmode=disable";
    }

    /** Puts the servers of the test in the place of those that the configuration names. */
    private static BeanPostProcessor servers(Map<String, Object> properties) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessBeforeInitialization(Object bean, String name) {
                if (bean instanceof LocalContainerEntityManagerFactoryBean factory) {
                    factory.getJpaPropertyMap().putAll(properties);
                }
                return bean;
            }
        };
    }

    @AfterAll
    static void close() throws IOException {
        Quiet.end();
        spring.close();
        for (var counter : PRIMARIES) {
            counter.close();
        }
        for (var counter : REPLICAS) {
            counter.close();
        }
    }

    @BeforeEach
    void aGuest() {
        guest = hotel.newUuid();
        ShardContext.run(guest, () -> bookings.book("12"));
        cluster.awaitReplicas();
        roundTrips(PRIMARIES);
        roundTrips(REPLICAS);
    }

    @Test
    void readsFromAReplicaInTwoRoundTripsAndAsksNoPrimary() {
        assertThat(asGuest(bookings::all)).extracting(booking -> booking.room).containsExactly("12");

        assertThat(roundTrips(REPLICAS)).isEqualTo(2);
        assertThat(roundTrips(PRIMARIES)).isZero();
        assertPort(replica(), () -> work.reading(SpringIT::port));
    }

    @Test
    void anEmptyTransactionSendsNothing() {
        asGuest(() -> work.reading(() -> 1));
        asGuest(() -> work.writing(() -> 1));

        assertThat(roundTrips(REPLICAS)).isZero();
        assertThat(roundTrips(PRIMARIES)).isZero();
    }

    @Test
    void writesOnThePrimary() {
        ShardContext.run(guest, () -> bookings.book("13"));

        assertThat(roundTrips(REPLICAS)).isZero();
        assertPort(primary(), () -> work.writing(SpringIT::port));
        assertThat(asGuest(() -> work.writing(bookings::all))).hasSize(2);
    }

    @Test
    void aReaderThatJoinsAWriterStaysWithIt() {
        asGuest(() -> work.writing(() -> {
            bookings.book("13");
            assertThat(bookings.all()).hasSize(2);
            assertPort(primary(), () -> work.reading(SpringIT::port));
            assertPort(primary(), () -> work.supporting(SpringIT::port));
            shared.createQuery("from Booking", Booking.class).getResultList().get(0).room = "14";
            return true;
        }));

        assertThat(asGuest(() -> work.writing(bookings::all)))
                .extracting(booking -> booking.room)
                .contains("14");
    }

    @Test
    void aReaderAfterAWriterSeesWhatItWroteInsideOwnWrites() throws SQLException {
        node().replica(0).executeAsSuperuser("select pg_wal_replay_pause()");
        try {
            Await.until("nothing is replayed any more", DEADLINE, () -> node().replica(0)
                    .value("select pg_get_wal_replay_pause_state()")
                    .equals("paused"));
            ShardContext.run(guest, () -> bookings.book("13"));

            assertThat(asGuest(bookings::all)).hasSize(1); // stale
            assertThat(OwnWrites.with(() -> {
                        ShardContext.run(guest, () -> bookings.book("14"));
                        return asGuest(bookings::all);
                    }))
                    .hasSize(3);
        } finally {
            node().replica(0).executeAsSuperuser("select pg_wal_replay_resume()");
        }
    }

    @Test
    void aWriterThatJoinsAReaderIsRefused() {
        var failure = catchThrowable(() -> asGuest(() -> work.reading(() -> {
            bookings.book("13");
            return true;
        })));

        assertThat(failure).isInstanceOf(ReadOnlyException.class).hasMessageStartingWith("Cannot persist Booking: ");
        assertThat(roundTrips(PRIMARIES)).isZero();
    }

    @Test
    void newTransactionsInsideOthersGoTheirOwnWays() {
        asGuest(() -> work.writing(() -> {
            bookings.book("13");
            assertPort(replica(), () -> work.newReading(SpringIT::port));
            assertThat(SpringIT.port()).isEqualTo(primary());
            assertPort(primary(), () -> work.newWriting(SpringIT::port));
            bookings.book("14");
            return true;
        }));
        asGuest(() -> work.reading(() -> {
            assertPort(
                    primary(),
                    () -> work.newWriting(() -> {
                        bookings.book("15");
                        return port();
                    }));
            assertThat(SpringIT.port()).isEqualTo(replica());
            return true;
        }));

        assertThat(asGuest(() -> work.writing(bookings::all))).hasSize(4);
    }

    @Test
    void exceptionsRollBack() {
        var failure = catchThrowable(() -> asGuest(() -> work.writing(() -> {
            bookings.book("13");
            shared.flush();
            throw new IllegalArgumentException("no such room");
        })));
        var ofReader = catchThrowable(() -> asGuest(() -> work.reading(() -> {
            throw new IllegalArgumentException("no such guest");
        })));

        assertThat(failure).hasMessage("no such room");
        assertThat(ofReader).hasMessage("no such guest");
        assertThat(asGuest(() -> work.writing(bookings::all))).hasSize(1);
        assertPort(replica(), () -> work.reading(SpringIT::port));
    }

    @Test
    void tellsWhatAReaderChangedInsteadOfDroppingIt() {
        var failure = catchThrowable(() -> asGuest(() -> work.reading(() -> {
            bookings.all().get(0).room = "13";
            return true;
        })));

        assertThat(failure)
                .hasRootCauseInstanceOf(ReadOnlyException.class)
                .rootCause()
                .hasMessageStartingWith("Cannot commit: room of Booking Key[guest=" + guest);
    }

    @Test
    void aReaderOnThePrimaryLosesNothingInSilenceEither() {
        var onThePrimary = new TransactionTemplate(new JpaTransactionManager(emf)); // without the listener
        onThePrimary.setReadOnly(true);
        List<Consumer<EntityManager>> writes = List.of(
                em -> em.persist(new Booking("13")),
                em -> em.createQuery("from Booking", Booking.class).getSingleResult().room = "13",
                em -> em.remove(em.createQuery("from Booking", Booking.class).getSingleResult()),
                em -> em.createQuery("delete from Booking").executeUpdate());

        for (var write : writes) {
            var failure = catchThrowable(() -> asGuest(() -> {
                onThePrimary.executeWithoutResult(status -> write.accept(shared));
                return true;
            }));
            assertThat(failure).hasStackTraceContaining(ReadOnlyException.class.getName());
        }
        int port = asGuest(() -> onThePrimary.execute(status -> port()));
        assertThat(port).isEqualTo(primary());
        assertThat(asGuest(() -> work.writing(bookings::all)))
                .extracting(booking -> booking.room)
                .containsExactly("12");
    }

    @Test
    void aBeginThatFailsLeavesNothingBehind() {
        var failure = catchThrowable(() -> work.reading(SpringIT::port));
        assertThat(failure)
                .isInstanceOf(CannotCreateTransactionException.class)
                .hasRootCauseInstanceOf(MissingShardKeyException.class);

        ShardContext.run(guest, () -> {
            try (var em = emf.createEntityManager()) {
                em.getTransaction().begin();
                assertThat(port(em.unwrap(Session.class))).isEqualTo(primary());
                em.getTransaction().commit();
            }
        });
    }

    @Test
    void whatIsOpenedInsideAReadersTransactionByHandIsNoReader() {
        asGuest(() -> work.reading(() -> {
            try (var em = emf.createEntityManager()) {
                em.getTransaction().begin();
                assertThat(port(em.unwrap(Session.class))).isEqualTo(primary());
                em.getTransaction().commit();
            }
            return true;
        }));
    }

    @Test
    void theConnectionsOfReadersAreWritableAgain() {
        for (int i = 0; i < 4; i++) {
            boolean reader = asGuest(() -> work.reading(() -> session().doReturningWork(Connection::isReadOnly)));
            boolean writer = asGuest(() -> work.writing(() -> session().doReturningWork(Connection::isReadOnly)));
            assertThat(reader).isTrue();
            assertThat(writer).isFalse();
        }
    }

    private static <T> T asGuest(Supplier<T> work) {
        return ShardContext.with(guest, work::get);
    }

    private static void assertPort(int expected, Supplier<Integer> work) {
        int port = asGuest(work);
        assertThat(port).isEqualTo(expected);
    }

    private static Session session() {
        return shared.unwrap(Session.class);
    }

    private static int port() {
        return port(session());
    }

    private static int port(Session session) {
        return session.doReturningWork(connection -> {
            try (var statement = connection.createStatement();
                    var rows = statement.executeQuery("select inet_server_port()")) {
                rows.next();
                return rows.getInt(1);
            }
        });
    }

    private static long roundTrips(List<WireCounter> counters) {
        return counters.stream().mapToLong(WireCounter::takeRoundTrips).sum();
    }

    private static int primary() {
        return node().primary().port();
    }

    private static int replica() {
        return node().replica(0).port();
    }

    private static EmbeddedNode node() {
        return cluster.node(hotel.explain(guest).location().node().name());
    }
}
