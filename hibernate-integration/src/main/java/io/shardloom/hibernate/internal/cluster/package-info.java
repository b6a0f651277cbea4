/** Units of work over all nodes. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.cluster;
