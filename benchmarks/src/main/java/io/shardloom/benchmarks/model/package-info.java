/** The entities that every side maps: customers, their orders, the orders' items. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.benchmarks.model;
