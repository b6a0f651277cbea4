/** Reads the annotations from Hibernate's boot model and checks them. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.mapping;
