/** Repositories that Hibernate's annotation processor makes. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.hibernate.repository;
