/** Placeholder. */
@org.jspecify.annotations.NullMarked
package io.shardloom;
