/** Entities for writes over all nodes. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.hibernate.office;
