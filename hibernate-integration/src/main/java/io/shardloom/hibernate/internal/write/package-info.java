/** Refuses rows that do not belong to the session's key. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.write;
