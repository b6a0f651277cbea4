package io.shardloom.hibernate.internal.fanout;

/**
 * The part of the rows that is wanted.
 *
 * @param offset how many rows to leave out
 * @param limit how many to return at most
 */
record Page(long offset, long limit) {
    /** Returns how many rows one of several nodes can contribute at most. */
    long ofNode() {
        return limit == Long.MAX_VALUE ? limit : offset + limit;
    }
}
