package io.shardloom.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs small test classes in a test run inside the test run, and looks at what becomes of them. */
class ClusterExtensionIT {

    private static final String INNER = "shardloom.testing.inner";
    private static final List<EmbeddedCluster> SEEN = new ArrayList<>();
    private static final List<Connection> LEAKED = new ArrayList<>();

    @BeforeEach
    @AfterEach
    void forget() {
        Leftovers.grace = Leftovers.GRACE;
        SEEN.clear();
        LEAKED.clear();
    }

    @Test
    void classesOfOneShapeShareAClusterAndEachFindsAnEmptyDatabase() {
        var results = run(FirstUser.class, SecondUser.class, PerMethodUser.class);

        assertThat(failures(results)).isEmpty();
        assertThat(results.testEvents().succeeded().count()).isEqualTo(6);
        assertThat(SEEN).hasSize(6);
        assertThat(SEEN.stream().distinct()).hasSize(1);
        assertThat(SEEN.get(0).servers()).noneMatch(EmbeddedServer::isRunning);
    }

    @Test
    void whatAClassLeavesFailsItAndNotTheNextOne() {
        var results = run(Leaker.class, FirstUser.class);

        assertThat(failures(results)).singleElement().satisfies(failure -> assertThat(failure)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("n1-1: open connection")
                .hasMessageContaining("n1-1: prepared transaction 'forgotten' of user app in database app")
                .hasMessageContaining("n1-1: replication slot forgotten_slot (logical, database app)"));
        assertThat(SEEN.stream().distinct()).hasSize(1);
    }

    @Test
    void aSharedClusterThatATestHasBrokenIsReplaced() {
        var results = run(Breaker.class, FirstUser.class);

        assertThat(failures(results)).isEmpty();
        assertThat(SEEN.stream().distinct()).hasSize(2);
        assertThat(SEEN).allMatch(cluster -> cluster.servers().stream().noneMatch(EmbeddedServer::isRunning));
    }

    @Test
    void aPrivateClusterEndsWithItsClass() {
        var results = run(Loner.class, FirstUser.class);

        assertThat(failures(results)).isEmpty();
        assertThat(SEEN.stream().distinct()).hasSize(2);
    }

    @Test
    void theAnnotationOnANestedClassIsRefused() {
        var results = run(Outer.class);

        assertThat(failures(results)).singleElement().satisfies(failure -> assertThat(failure)
                .hasMessageContaining("Put it on the outermost class, whose cluster its nested classes use."));
        assertThat(results.testEvents().succeeded().count()).isEqualTo(2);
    }

    private static EngineExecutionResults run(Class<?>... classes) {
        System.setProperty(INNER, "true");
        try {
            return EngineTestKit.engine("junit-jupiter")
                    .selectors(Stream.of(classes)
                            .map(type -> selectClass(type))
                            .toArray(org.junit.platform.engine.DiscoverySelector[]::new))
                    .execute();
        } finally {
            System.clearProperty(INNER);
        }
    }

    private static List<Throwable> failures(EngineExecutionResults results) {
        return results.allEvents().finished().stream()
                .flatMap(event -> event.getPayload(TestExecutionResult.class).stream())
                .flatMap(result -> result.getThrowable().stream())
                .toList();
    }

    private static void expectEmptyAndFill(EmbeddedCluster cluster) throws SQLException {
        SEEN.add(cluster);
        Leftovers.grace = Leftovers.GRACE;
        for (var node : cluster.nodes()) {
            assertThat(node.primary().value("select to_regclass('public.t') is null"))
                    .isEqualTo("t");
            node.primary().execute("create table t (id int)");
        }
    }

    @EnabledIfSystemProperty(named = INNER, matches = "true")
    @WithCluster(nodes = 1)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class FirstUser {

        @SuppressWarnings("NullAway.Init")
        static EmbeddedCluster field;

        @Test
        @Order(1)
        void findsAnEmptyDatabase(EmbeddedCluster cluster) throws SQLException {
            assertThat(cluster).isSameAs(field);
            expectEmptyAndFill(cluster);
        }

        @Test
        @Order(2)
        void findsWhatTheFirstTestMade(EmbeddedCluster cluster) throws SQLException {
            SEEN.add(cluster);
            cluster.createDatabase("mine");
            assertThat(cluster.node("n1").primary().value("select to_regclass('t')"))
                    .isEqualTo("t");
        }
    }

    @EnabledIfSystemProperty(named = INNER, matches = "true")
    @WithCluster(nodes = 1)
    static class SecondUser {

        private final EmbeddedCluster cluster;

        SecondUser(EmbeddedCluster cluster) {
            this.cluster = cluster;
        }

        @Test
        void findsAnEmptyDatabase() throws SQLException {
            expectEmptyAndFill(cluster);
            assertThat(cluster.node("n1").primary().value("select count(*) from pg_database where datname = 'mine'"))
                    .isEqualTo("0");
        }

        @Nested
        class Inner {
            @Test
            void usesTheClusterOfTheOuterClass(EmbeddedCluster inner) {
                SEEN.add(inner);
            }
        }
    }

    @EnabledIfSystemProperty(named = INNER, matches = "true")
    @WithCluster(nodes = 1, fresh = WithCluster.Fresh.METHOD)
    static class PerMethodUser {
        @Test
        void findsAnEmptyDatabase(EmbeddedCluster cluster) throws SQLException {
            expectEmptyAndFill(cluster);
        }

        @Test
        void findsAnEmptyDatabaseAgain(EmbeddedCluster cluster) throws SQLException {
            expectEmptyAndFill(cluster);
        }
    }

    @EnabledIfSystemProperty(named = INNER, matches = "true")
    @WithCluster(nodes = 1)
    static class Leaker {
        @Test
        void leavesThings(EmbeddedCluster cluster) throws SQLException {
            SEEN.add(cluster);
            Leftovers.grace = Duration.ofSeconds(1); // until the next class
            LEAKED.add(cluster.node("n1").primary().connect());
            cluster.node("n1")
                    .primary()
                    .executeAsSuperuser("select pg_create_logical_replication_slot('forgotten_slot', 'pgoutput')");
            cluster.node("n1").primary().execute("create table t (id int)");
            cluster.node("n1")
                    .primary()
                    .execute("begin", "insert into t values (1)", "prepare transaction 'forgotten'");
        }
    }

    @EnabledIfSystemProperty(named = INNER, matches = "true")
    @WithCluster(nodes = 1)
    static class Breaker {
        @Test
        void killsAServer(EmbeddedCluster cluster) {
            SEEN.add(cluster);
            cluster.node("n1").primary().kill();
        }
    }

    @EnabledIfSystemProperty(named = INNER, matches = "true")
    @WithCluster(nodes = 1, shared = false)
    static class Loner {
        @Test
        void hasAClusterOfItsOwn(EmbeddedCluster cluster) throws SQLException {
            expectEmptyAndFill(cluster);
        }
    }

    @EnabledIfSystemProperty(named = INNER, matches = "true")
    @WithCluster(nodes = 1)
    static class Outer {
        @Test
        void runs() {}

        @Nested
        class Plain {
            @Test
            void runsToo() {}
        }

        @Nested
        @WithCluster(nodes = 1)
        class Annotated {
            @Test
            void doesNotRun() {}
        }
    }
}
