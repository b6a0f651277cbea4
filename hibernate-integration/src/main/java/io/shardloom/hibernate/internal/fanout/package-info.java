/** Queries over all nodes: split on the query model, merged in Java. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.fanout;
