/** The same work on several nodes at once. */
@org.jspecify.annotations.NullMarked
package io.shardloom.scatter;
