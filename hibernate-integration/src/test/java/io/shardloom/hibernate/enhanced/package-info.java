/** Entities whose bytecode Hibernate's enhancer has changed, in sessions of every kind. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.hibernate.enhanced;
