/** Five small systems on Shardloom: each scenario is one class, its entities are in {@code model}. */
@org.jspecify.annotations.NullMarked
package io.shardloom.sample;
