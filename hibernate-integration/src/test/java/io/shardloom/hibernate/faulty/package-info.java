/** Entities that a start refuses, one fault each, and what tests of refusals share. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.hibernate.faulty;
