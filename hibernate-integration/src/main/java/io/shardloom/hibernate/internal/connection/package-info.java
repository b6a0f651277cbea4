/** Sessions and connections bound to a key or a node. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.connection;
