/** Puts the key into the statements of sharded entities. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.persister;
