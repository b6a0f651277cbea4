package io.shardloom.atomic;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A transaction that is committed, for good.
 *
 * @param transactionId its id where it spans nodes; empty where one node alone committed, or none
 * @param pending names of nodes that could not be told yet; recovery commits their parts, and until then their rows are
 *     locked and not seen. Mostly empty. No reason to do the work again.
 */
public record Committed(Optional<UUID> transactionId, List<String> pending) {

    static final Committed PLAIN = new Committed(Optional.empty(), List.of());

    /** Copies the list. */
    public Committed {
        pending = List.copyOf(pending);
    }
}
