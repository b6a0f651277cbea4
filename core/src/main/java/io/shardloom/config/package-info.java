/** The {@code shardloom.} properties: read, checked, and every fault reported at once. */
@NullMarked
package io.shardloom.config;

import org.jspecify.annotations.NullMarked;
