/** Generators behind the id annotations. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.id;
