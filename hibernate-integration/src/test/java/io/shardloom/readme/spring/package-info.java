/** What docs/spring.md shows, on a real Spring context. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.readme.spring;
