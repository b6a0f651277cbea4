/** Keeps the entries of Hibernate's second-level cache apart by key, and those of shared data together. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.cache;
