/** What no server is needed for, measured by JMH. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.benchmarks.micro;
