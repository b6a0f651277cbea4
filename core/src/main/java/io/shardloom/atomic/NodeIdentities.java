package io.shardloom.atomic;

import io.shardloom.ddl.AtomicDdl;
import io.shardloom.failure.ShardloomException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The identities of the nodes' databases, each read once, in the first transaction that needs it. Thread-safe. */
final class NodeIdentities {

    private static final String QUERY =
            "select identity, current_setting('max_prepared_transactions')::int from " + AtomicDdl.NODE;

    private final Map<String, UUID> known = new ConcurrentHashMap<>();

    /**
     * Returns the identity of a participant's database.
     *
     * @param prepares whether a part is to be prepared there
     * @throws ShardloomException if the node is not set up for it; the message has the cure
     */
    UUID of(Participant participant, boolean prepares) throws SQLException {
        String node = participant.node().name();
        UUID identity = known.get(node);
        return identity != null ? identity : read(participant, prepares);
    }

    private UUID read(Participant participant, boolean prepares) throws SQLException {
        String node = participant.node().name();
        try (Statement statement = participant.connection().createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            if (!row.next()) {
                throw new ShardloomException(SqlFailures.tablesMissingOn(node));
            }
            UUID identity = row.getObject(1, UUID.class);
            if (row.getInt(2) > 0) {
                known.put(node, identity);
            } else if (prepares) {
                throw new ShardloomException(disabled(participant));
            }
            return identity;
        } catch (SQLException e) {
            if (SqlFailures.tablesAreMissing(e)) {
                throw new ShardloomException(SqlFailures.tablesMissingOn(node), e);
            }
            throw e;
        }
    }

    static String disabled(Participant participant) {
        return "Node " + participant.node().name() + " ("
                + participant.node().primary().endpoint()
                + ") cannot take part in a transaction of several nodes: max_prepared_transactions is 0 there. "
                + SqlFailures.CURE_FOR_PREPARED;
    }

    void forget(Participant participant) {
        known.remove(participant.node().name());
    }
}
