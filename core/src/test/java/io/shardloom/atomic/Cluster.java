package io.shardloom.atomic;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.config.Configuration;
import io.shardloom.ddl.AtomicDdl;
import io.shardloom.server.NodePools;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.topology.Node;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** Nodes with one table, and transactions that write a row of the same number on each. */
record Cluster(List<Node> nodes, Map<String, String> properties) {

    /** Long enough for a background pass to leave fresh transactions alone, short enough to be waited for. */
    static final RecoverySettings QUICK =
            new RecoverySettings(Duration.ofMillis(200), Duration.ofMillis(300), Duration.ZERO);

    static final Tap.Listener NOBODY = new Tap.Listener() {};

    static Cluster of(EmbeddedCluster cluster) {
        return of(cluster.shardloomProperties());
    }

    static Cluster of(Map<String, String> properties) {
        return new Cluster(Configuration.read(properties).nodes(), properties);
    }

    static Cluster created(EmbeddedCluster embedded) throws SQLException {
        Cluster cluster = of(embedded);
        for (Node node : cluster.nodes) {
            embedded.node(node.name()).primary().execute(AtomicDdl.createAll().toArray(String[]::new));
            embedded.node(node.name())
                    .primary()
                    .execute("create table if not exists entry (number int primary key deferrable initially deferred)");
        }
        return cluster;
    }

    NodePools pools() {
        return NodePools.open(Configuration.read(properties));
    }

    AtomicCommit commits() {
        return commits(NOBODY, QUICK);
    }

    /** Returns commits that take a step on one node after the other, so that there is an order to stop in. */
    AtomicCommit commits(Tap.Listener recoveryListener, RecoverySettings settings) {
        return commits(recoveryListener, settings, Runnable::run);
    }

    /** Returns commits that take a step on all nodes at once, as those of users do. */
    AtomicCommit commitsAtOnce() {
        return commits(NOBODY, QUICK, Together.threads());
    }

    private AtomicCommit commits(Tap.Listener recoveryListener, RecoverySettings settings, Executor steps) {
        return new AtomicCommit(
                nodes,
                node -> Tap.on(node.name(), connect(node), recoveryListener),
                settings,
                Duration.ofMillis(500),
                steps);
    }

    Connection connect(Node node) throws SQLException {
        return DriverManager.getConnection(
                node.primary().url(), properties.get("shardloom.user"), properties.get("shardloom.password"));
    }

    Connection open(Node node, Tap.Listener listener) throws SQLException {
        Connection connection = connect(node);
        connection.setAutoCommit(false);
        return Tap.on(node.name(), connection, listener);
    }

    /** Opens a transaction on every node and writes the row there; what is sent from then on is told. */
    List<Participant> write(int number, Tap.Listener listener) throws SQLException {
        boolean[] armed = {false};
        Tap.Listener afterTheWork = new Tap.Listener() {
            @Override
            public void before(String node, String sql) throws SQLException {
                if (armed[0]) {
                    listener.before(node, sql);
                }
            }

            @Override
            public void after(String node, String sql) throws SQLException {
                if (armed[0]) {
                    listener.after(node, sql);
                }
            }
        };
        List<Participant> participants = new ArrayList<>();
        for (Node node : nodes) {
            Participant participant = Participant.wrote(node, open(node, afterTheWork));
            participants.add(participant);
            run(participant, "insert into entry values (" + number + ")");
        }
        armed[0] = true;
        return participants;
    }

    static void run(Participant participant, String sql) throws SQLException {
        try (Statement statement = participant.connection().createStatement()) {
            statement.execute(sql);
        }
    }

    static void close(List<Participant> participants) throws SQLException {
        for (Participant participant : participants) {
            participant.connection().close();
        }
    }

    /** Every answer is lost from the given statement on, as when the client is cut off from all servers. */
    static Tap.Listener cutOffAfter(String lastNode, String lastSql) {
        boolean[] cut = {false};
        return new Tap.Listener() {
            @Override
            public void before(String node, String sql) throws SQLException {
                if (cut[0] && !sql.equals("rollback")) {
                    throw new SQLException("cut off", "08006");
                }
            }

            @Override
            public void after(String node, String sql) throws SQLException {
                if (node.equals(lastNode) && sql.startsWith(lastSql)) {
                    cut[0] = true;
                    throw new SQLException("cut off", "08006");
                }
            }
        };
    }

    /** Returns on how many nodes the row is. */
    static int nodesWith(EmbeddedCluster embedded, int number) throws SQLException {
        int found = 0;
        for (var node : embedded.nodes()) {
            found += Integer.parseInt(node.primary().value("select count(*) from entry where number = " + number));
        }
        return found;
    }

    static int prepared(EmbeddedCluster embedded) throws SQLException {
        int found = 0;
        for (var node : embedded.nodes()) {
            found += Integer.parseInt(node.primary().value("select count(*) from pg_prepared_xacts"));
        }
        return found;
    }

    static int decisionsOn(EmbeddedCluster embedded, String node) throws SQLException {
        return Integer.parseInt(embedded.node(node).primary().value("select count(*) from shardloom.atomic_decision"));
    }

    static int decisions(EmbeddedCluster embedded) throws SQLException {
        int found = 0;
        for (var node : embedded.nodes()) {
            found += decisionsOn(embedded, node.name());
        }
        return found;
    }

    /** Runs recovery until nothing is in doubt: a session whose client was killed takes a moment to end. */
    static void recover(AtomicCommit commits, EmbeddedCluster embedded) throws SQLException {
        Await.until("nothing is in doubt", Duration.ofSeconds(60), () -> {
            RecoveryReport report = commits.recovery().run();
            return report.inDoubt().isEmpty() && report.unreachable().isEmpty();
        });
        assertThat(prepared(embedded)).isZero();
    }
}
