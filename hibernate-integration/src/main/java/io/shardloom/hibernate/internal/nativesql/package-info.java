/** Refuses SQL that Shardloom cannot see into where work belongs to one key. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.nativesql;
