package io.shardloom.hibernate.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.ClusterSession;
import io.shardloom.hibernate.differential.Failing.Asked;
import io.shardloom.hibernate.differential.Model.Client;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.QueryTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What fails in a cluster session fails with the exception that plain Hibernate throws. */
@WithCluster(nodes = 3)
class FailuresIT {
    /** Has updates of clients alone, and not what waits for a busy machine, give up soon on a row that is locked. */
    private static final String IMPATIENT =
            "create trigger impatient before update on %s for each statement execute function impatient()";

    static EmbeddedCluster servers;
    static Sides sides;

    @BeforeAll
    static void open(EmbeddedCluster cluster) throws SQLException {
        servers = cluster;
        sides = new Sides(cluster);
        for (var node : cluster.nodes()) {
            node.primary()
                    .execute(
                            "create function impatient() returns trigger language plpgsql as"
                                    + " 'begin perform set_config(''lock_timeout'', ''100ms'', true); return null; end'",
                            IMPATIENT.formatted("client"));
        }
        cluster.node("n1").primary().execute(IMPATIENT.formatted("plain.client"));
    }

    @AfterAll
    static void close() {
        if (sides != null) {
            sides.close();
        }
    }

    @Test
    void failsInQueriesAsHibernateDoes() {
        assertSoftly(soft -> Failing.queries().forEach((name, asked) -> {
            var expected = plain(session -> list(session, asked));

            soft.assertThat(catchThrowable(() ->
                            sides.shop.readCluster(session -> bound(session.query(asked.hql(), asked.type()), asked)
                                    .getResultList())))
                    .as(name)
                    .hasSameClassAs(expected);
            soft.assertThat(catchThrowable(() -> bound(sides.shop.query(asked.hql(), asked.type()), asked)
                            .getResultList()))
                    .as(name + ", detached")
                    .hasSameClassAs(expected);
            soft.assertThat(catchThrowable(() -> read(bound(sides.shop.query(asked.hql(), asked.type()), asked))))
                    .as(name + ", one by one")
                    .hasSameClassAs(expected);
        }));
    }

    @Test
    void failsInWorkAsHibernateDoes() {
        assertSoftly(soft -> Failing.work().forEach((name, work) -> soft.assertThat(
                        cluster(session -> work.cluster().accept(session)))
                .as(name)
                .hasSameClassAs(plain(work.plain()))));
    }

    @Test
    void saysOnWhichNodesItFailed() {
        assertThat(catchThrowable(() -> sides.shop
                        .query("select 1 / (age - age) from Client", Integer.class)
                        .getResultList()))
                .satisfies(failure ->
                        assertThat(failure.getSuppressed()[0]).hasMessageContaining(" of 3 nodes failed: n"));
    }

    @Test
    void failsOverLocksAsHibernateDoes() throws SQLException {
        lock(
                "select id from %s for update",
                () -> {
                    var update = "update Client set age = 1";
                    assertThat(cluster(session -> session.execute(update)))
                            .hasStackTraceContaining("due to lock timeout")
                            .hasSameClassAs(plain(session ->
                                    session.createMutationQuery(update).executeUpdate()));
                    assertThat(cluster(session -> session.find(Client.class, 7L).age = 100))
                            .hasStackTraceContaining("due to lock timeout")
                            .hasSameClassAs(plain(session -> session.find(Client.class, 7L).age = 100));
                });
    }

    @Test
    void failsInTimeAsHibernateDoes() throws SQLException {
        lock(
                "lock table %s in access exclusive mode",
                () -> {
                    var hql = "select count(*) from Client";
                    var expected = plain(session ->
                            session.createQuery(hql, Long.class).setTimeout(1).getResultList());
                    for (var one : List.of(hql, hql + " where id = 7")) {
                        assertThat(cluster(session -> session.query(one, Long.class)
                                        .setTimeout(Duration.ofSeconds(1))
                                        .getResultList()))
                                .isInstanceOf(QueryTimeoutException.class)
                                .isInstanceOf(expected.getClass())
                                .hasMessageContaining("nodes failed");
                    }
                });
    }

    private static void list(Session session, Asked asked) {
        var query = session.createQuery(asked.hql(), asked.type());
        asked.parameters().forEach((name, value) -> {
            if (name instanceof Integer number) {
                query.setParameter(number, value);
            } else if (value instanceof List<?> list) {
                query.setParameterList((String) name, list);
            } else {
                query.setParameter((String) name, value);
            }
        });
        query.getResultList();
    }

    private static <R> ClusterQuery<R> bound(ClusterQuery<R> query, Asked asked) {
        asked.parameters().forEach((name, value) -> {
            if (name instanceof Integer number) {
                query.setParameter(number, value);
            } else {
                query.setParameter((String) name, value);
            }
        });
        return query;
    }

    private static void read(ClusterQuery<?> query) {
        try (var rows = query.setFetchSize(3).getResultStream()) {
            rows.forEach(row -> {});
        }
    }

    private static Throwable plain(Consumer<Session> work) {
        return catchThrowable(() -> sides.plain.inTransaction(work));
    }

    private static Throwable cluster(Consumer<ClusterSession> work) {
        return catchThrowable(() -> sides.shop.inCluster(work));
    }

    /** Holds locks on the clients of both sides, on all nodes. */
    private static void lock(String statement, Runnable work) throws SQLException {
        lock(0, statement, work);
    }

    private static void lock(int node, String lock, Runnable work) throws SQLException {
        if (node == servers.nodes().size()) {
            work.run();
            return;
        }
        try (var connection = servers.nodes().get(node).primary().connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (var table : node == 0 ? List.of("client", "plain.client") : List.of("client")) {
                statement.execute(lock.formatted(table));
            }
            lock(node + 1, lock, work);
            connection.rollback();
        }
    }
}
