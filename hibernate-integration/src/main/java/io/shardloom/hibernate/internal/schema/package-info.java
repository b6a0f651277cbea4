/** Schema generation, validation and scripts for each node. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.schema;
