package io.shardloom.hibernate;

import io.shardloom.hibernate.internal.id.ShardedUuidGenerator;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.hibernate.annotations.IdGeneratorType;

/**
 * Fills a null {@code UUID} id with a UUIDv7 (RFC 9562) made in the application when the entity is persisted; a preset
 * id is kept.
 *
 * <p>Where the entity's key belongs to a hash group, the id's low 12 bits are the low 12 bits of the key's hash, so
 * that the id alone finds its shard. On the shard key itself it cannot be used inside a key session, which needs the
 * key before it opens: take one from {@link Shardloom#newUuid()} there.
 */
@IdGeneratorType(ShardedUuidGenerator.class)
@Target({ElementType.FIELD, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface ShardedUuid {}
