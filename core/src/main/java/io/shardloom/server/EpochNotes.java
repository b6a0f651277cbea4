package io.shardloom.server;

import io.shardloom.topology.Node;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which timelines a node's database is still to be told of, and whether it may be told at all. Thread-safe. */
final class EpochNotes {

    private final Node node;
    private final Epochs epochs;
    private volatile boolean kept;
    private volatile boolean refused;

    EpochNotes(Node node, Epochs epochs, boolean kept) {
        this.node = node;
        this.epochs = epochs;
        this.kept = kept;
    }

    /** Returns the timelines that the primary's database does not know of yet; none where they are not kept there. */
    Map<Long, Integer> missingIn(ProbeResult ofPrimary) {
        if (!kept || refused) {
            return Map.of();
        }
        return epochs.missingIn(ofPrimary.epochs() == null ? Map.of() : ofPrimary.epochs());
    }

    /** Takes in how it went; returns whether the database must not be told, which is logged. */
    boolean isRefused(Member primary, @Nullable SQLException failure) {
        if (failure == null || SqlStates.isLost(failure)) {
            return false;
        }
        refused = true;
        ServerLog.LOG.epochNotNoted(
                primary.server().endpoint(), node.name(), ConnectFaults.reason(failure), EpochTable.NAME);
        return true;
    }

    /** There is a replica now, so there may be promotions to tell of. */
    void keep() {
        kept = true;
    }

    /** Another primary may allow it. */
    void tryAgain() {
        refused = false;
    }
}
