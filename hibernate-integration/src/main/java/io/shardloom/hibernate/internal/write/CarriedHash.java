package io.shardloom.hibernate.internal.write;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.ShardedUuid;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.id.ShardedUuids;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EmbeddableValuedModelPart;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.property.access.spi.Getter;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the {@code @ShardedUuid} attributes of one entity carry the hash of the row's key, because queries for
 * them go to the nodes of that hash only.
 */
final class CarriedHash {
    private static final long MASK = (1L << ShardedUuids.HASH_BITS) - 1;

    private final String entity;
    private final List<Getter> ofEntity = new ArrayList<>();
    private final List<Getter> ofId = new ArrayList<>();

    CarriedHash(EntityPersister persister, EntityHome.Sharded home) {
        this.entity = persister.getEntityName();
        var attributes = persister.getAttributeMappings();
        for (int i = 0; i < attributes.size(); i++) {
            add(ofEntity, attributes.get(i), home);
        }
        var id = persister.getIdentifierMapping();
        if (id instanceof NonAggregatedIdentifierMapping parts) {
            add(ofEntity, parts.getVirtualIdEmbeddable(), home);
        } else if (id instanceof EmbeddableValuedModelPart embedded) {
            add(ofId, embedded.getEmbeddableTypeDescriptor(), home);
        } else if (id instanceof AttributeMapping attribute) {
            add(ofEntity, attribute, home);
        }
    }

    /** Tells whether there is nothing to check. */
    boolean isEmpty() {
        return ofEntity.isEmpty() && ofId.isEmpty();
    }

    private static void add(List<Getter> getters, EmbeddableMappingType parts, EntityHome.Sharded home) {
        for (int i = 0; i < parts.getNumberOfAttributeMappings(); i++) {
            add(getters, parts.getAttributeMapping(i), home);
        }
    }

    private static void add(List<Getter> getters, AttributeMapping attribute, EntityHome.Sharded home) {
        var access = attribute.getPropertyAccess();
        if (access != null
                && !attribute.getAttributeName().equals(home.attribute())
                && access.getGetter().getMember() instanceof AnnotatedElement member
                && member.isAnnotationPresent(ShardedUuid.class)) {
            getters.add(access.getGetter());
        }
    }

    /**
     * Refuses a row one of whose ids carries another hash.
     *
     * @param keysHash the hash of its key; empty in a group that has none, where ids carry nothing
     */
    void check(String verb, Object row, @Nullable Object id, OptionalLong keysHash) {
        if (keysHash.isEmpty()) {
            return;
        }
        long hash = keysHash.getAsLong();
        for (int i = 0; i < ofEntity.size(); i++) { // without an iterator: every new row comes here
            check(verb, ofEntity.get(i).get(row), hash);
        }
        for (int i = 0; id != null && i < ofId.size(); i++) {
            check(verb, ofId.get(i).get(id), hash);
        }
    }

    private void check(String verb, @Nullable Object value, long hash) {
        if (value instanceof UUID uuid && ShardedUuids.hashBits(uuid) != (hash & MASK)) {
            throw new WrongShardKeyException("Cannot " + verb + " " + entity.substring(entity.lastIndexOf('.') + 1)
                    + " with the id " + uuid + ": the low bits of a @ShardedUuid are those of its key's hash, by which"
                    + " queries find its node, and these are others. Leave it null to have one made, or map it without"
                    + " @ShardedUuid.");
        }
    }
}
