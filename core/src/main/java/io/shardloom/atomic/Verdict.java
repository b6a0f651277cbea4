package io.shardloom.atomic;

/** What the deciding node says of a transaction. */
enum Verdict {
    /** The decision is there. */
    COMMITTED,
    /** The deciding transaction has ended without a decision, so there will never be one. */
    ROLLED_BACK,
    /** The deciding transaction has not ended. */
    RUNNING
}
