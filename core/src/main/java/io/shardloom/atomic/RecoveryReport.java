package io.shardloom.atomic;

import java.util.List;
import java.util.Map;

/**
 * What recovery found and did.
 *
 * @param committed how many prepared parts it has committed
 * @param rolledBack how many prepared parts it has rolled back
 * @param inDoubt the parts that are still prepared
 * @param unreachable nodes that could not be asked, each with the reason; what is prepared there is not known
 */
public record RecoveryReport(int committed, int rolledBack, List<InDoubt> inDoubt, Map<String, String> unreachable) {

    /** Copies list and map. */
    public RecoveryReport {
        inDoubt = List.copyOf(inDoubt);
        unreachable = Map.copyOf(unreachable);
    }
}
