/** The one door to sharding without Hibernate: groups, keys, locations and connections. */
@NullMarked
package io.shardloom;

import org.jspecify.annotations.NullMarked;
