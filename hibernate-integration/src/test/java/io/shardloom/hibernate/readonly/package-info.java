/** What sessions that only read refuse, and which work goes to them. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.hibernate.readonly;
