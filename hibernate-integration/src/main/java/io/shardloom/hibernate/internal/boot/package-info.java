/** Starts sharding for a persistence unit and holds it as a service. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.boot;
