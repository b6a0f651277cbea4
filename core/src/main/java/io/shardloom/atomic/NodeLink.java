package io.shardloom.atomic;

import io.shardloom.ddl.AtomicDdl;
import io.shardloom.topology.Node;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What recovery asks of one node, over a connection of its own. One thread at a time. */
final class NodeLink implements AutoCloseable {

    /** Gives connections to a node's primary that no pool counts. */
    @FunctionalInterface
    interface Opener {
        Connection open(Node node) throws SQLException;
    }

    /** One prepared transaction of ours. */
    record Prepared(GlobalTransactionId id, String gid, Duration age) {}

    /** How long to wait for a deciding transaction that holds its row. */
    private static final String SESSION = """
            select set_config('lock_timeout', '1s', false),
                   set_config('default_transaction_isolation', 'read committed', false),
                   case current_setting('synchronous_commit')
                       when 'off' then set_config('synchronous_commit', 'on', false) end""";

    private static final String PREPARED = """
            select gid, (extract(epoch from clock_timestamp() - prepared) * 1000)::bigint from pg_prepared_xacts
            where database = current_database() and starts_with(gid, '%s') order by prepared, gid""".formatted(GlobalTransactionId.PREFIX);

    /** A commit of our own after it waits for the standbys that the decision's commit was to wait for. */
    private static final String CONFIRM =
            "update " + AtomicDdl.DECISIONS + " set decided_at = decided_at where transaction_id = ?";

    private static final String PROBE =
            "insert into " + AtomicDdl.DECISIONS + " (transaction_id, participants) values (?, '{}')";

    private static final String FENCE = """
            select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity
            where backend_xid = (?::text::xid8)::xid and state like 'idle in transaction%'
              and datname = current_database()""";

    /** Those that name a node which cannot be asked stay, and must not keep later ones from their turn. */
    private static final String DECIDED_BEFORE = "select transaction_id, participants from " + AtomicDdl.DECISIONS
            + " where decided_at < clock_timestamp() - ? * interval '1 ms' and participants <@ ?"
            + " order by decided_at limit ?";

    private static final String FORGET = "delete from " + AtomicDdl.DECISIONS + " where transaction_id in ("
            + "select transaction_id from " + AtomicDdl.DECISIONS
            + " where transaction_id = any (?) for update skip locked)";

    private static final int PROBES = 3;

    private final Node node;
    private final Connection connection;
    private final @Nullable UUID identity;

    private NodeLink(Node node, Connection connection) throws SQLException {
        this.node = node;
        this.connection = connection;
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute(SESSION);
        }
        this.identity = readIdentity();
    }

    static NodeLink open(Node node, Opener opener) throws SQLException {
        Connection connection = opener.open(node);
        try {
            return new NodeLink(node, connection);
        } catch (SQLException e) {
            try {
                connection.close();
            } catch (SQLException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private @Nullable UUID readIdentity() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select identity from " + AtomicDdl.NODE)) {
            return row.next() ? row.getObject(1, UUID.class) : null;
        } catch (SQLException e) {
            if (SqlFailures.tablesAreMissing(e)) {
                return null;
            }
            throw e;
        }
    }

    Node node() {
        return node;
    }

    /** Returns the identity of the node's database; empty where the tables were never made, so it never decided. */
    Optional<UUID> identity() {
        return Optional.ofNullable(identity);
    }

    List<Prepared> prepared() throws SQLException {
        List<Prepared> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(PREPARED)) {
            while (rows.next()) {
                String gid = rows.getString(1);
                Duration age = Duration.ofMillis(Math.max(0, rows.getLong(2)));
                GlobalTransactionId.parse(gid).ifPresent(id -> found.add(new Prepared(id, gid, age)));
            }
        }
        return found;
    }

    /**
     * Returns the decision of a transaction of which a part is, or was, prepared.
     *
     * <p>The deciding transaction inserts its row before any part is prepared. So a part tells that the row was there,
     * and who can insert it anew knows that it is gone, and with it the transaction.
     */
    Verdict verdict(UUID transaction) throws SQLException {
        for (int i = 1; ; i++) {
            try {
                if (confirm(transaction)) {
                    return Verdict.COMMITTED;
                }
                probe(transaction);
                return Verdict.ROLLED_BACK;
            } catch (SQLException e) {
                boolean committedMeanwhile = SqlFailures.state(e).equals("23505");
                if (SqlFailures.state(e).equals("55P03") || (committedMeanwhile && i == PROBES)) {
                    return Verdict.RUNNING;
                }
                if (!committedMeanwhile) {
                    throw e;
                }
            }
        }
    }

    private boolean confirm(UUID transaction) throws SQLException {
        try (PreparedStatement confirm = connection.prepareStatement(CONFIRM)) {
            confirm.setObject(1, transaction);
            return confirm.executeUpdate() == 1;
        }
    }

    private void probe(UUID transaction) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement probe = connection.prepareStatement(PROBE)) {
            probe.setObject(1, transaction);
            probe.executeUpdate();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** Ends the session of a deciding transaction that waits for its client. Returns whether there was one. */
    boolean fence(String xid) throws SQLException {
        try (PreparedStatement fence = connection.prepareStatement(FENCE)) {
            fence.setString(1, xid);
            try (ResultSet row = fence.executeQuery()) {
                return row.next() && row.getInt(1) > 0;
            }
        }
    }

    /** Carries a decision out. Returns false where another recoverer was first. */
    boolean finish(String gid, boolean commit) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute((commit ? "commit" : "rollback") + " prepared '" + gid + "'");
            return true;
        } catch (SQLException e) {
            String state = SqlFailures.state(e);
            if (state.equals("42704") || state.equals("55000")) { // it is gone, or just being finished
                return false;
            }
            throw e;
        }
    }

    /**
     * Returns committed transactions that were decided some time ago, with the identities of the nodes prepared, which are
     * all among the given ones.
     */
    Map<UUID, Set<UUID>> decidedBefore(Duration age, Collection<UUID> among, int limit) throws SQLException {
        Map<UUID, Set<UUID>> found = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(DECIDED_BEFORE)) {
            statement.setLong(1, age.toMillis());
            statement.setArray(2, connection.createArrayOf("uuid", among.toArray()));
            statement.setInt(3, limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Array participants = rows.getArray(2);
                    found.put(rows.getObject(1, UUID.class), new HashSet<>(List.of((UUID[]) participants.getArray())));
                }
            }
        }
        return found;
    }

    void forget(Collection<UUID> transactions) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(FORGET)) {
            statement.setArray(1, connection.createArrayOf("uuid", transactions.toArray()));
            statement.executeUpdate();
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            AtomicLog.LOG.notClosed(node.name(), SqlFailures.reason(e));
        }
    }
}
