/** Finds rows of the session's key by what the key leaves open of their ids. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.find;
