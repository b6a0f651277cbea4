package io.shardloom.hibernate;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the attribute whose value decides on which shard a row lives: PostgreSQL's partition key.
 *
 * <p>An entity has exactly one, its own or inherited, of type {@code short}, {@code int}, {@code long},
 * {@code String}, {@code UUID}, {@code LocalDate}, {@code LocalDateTime} or {@code Instant}. The canonical mapping
 * makes it part of the id ({@code @IdClass} or {@code @EmbeddedId}), because PostgreSQL wants the key in every primary
 * key of a partitioned table. Outside the id it is allowed for an entity that has one table and no collection table.
 *
 * <p>The key of a row never changes. A null key of a new entity, or of a detached one that is merged, is filled from the
 * session. Where the key is a part of the id, {@code find} and its kin take the rest of the id in a session of a key: the
 * value of the one other attribute, or of several a map from their names to their values.
 */
@Target({ElementType.FIELD, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface ShardKey {
    /**
     * The group of co-located entities this one belongs to: those with the same kind of key, whose rows share a
     * shard. Empty means the unit's only group.
     *
     * @return the name used in {@code shardloom.group.<name>.*}
     */
    String group() default "";
}
