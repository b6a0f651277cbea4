/** The code of README.md and docs/, compiled and run; ReadmeTest compares the two. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.readme;
