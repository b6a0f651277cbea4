package io.shardloom.hibernate.internal.fanout;

import io.shardloom.failure.RefusedQueryException;

/** The words in which a query is refused. */
final class Refusals {
    private Refusals() {}

    /**
     * Makes the refusal of a query.
     *
     * @param part which part of it
     * @param why why its merged answer could be wrong
     */
    static RefusedQueryException part(String part, String why) {
        return new RefusedQueryException("The query cannot be answered exactly over several nodes: " + part + ", and "
                + why + ". Ask it for one key in a key session, or ask for its parts (docs/queries.md).");
    }
}
