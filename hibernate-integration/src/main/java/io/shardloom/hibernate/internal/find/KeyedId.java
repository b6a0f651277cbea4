package io.shardloom.hibernate.internal.find;

import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.key.GroupKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.hibernate.HibernateException;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EmbeddableValuedModelPart;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.property.access.spi.Getter;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.type.descriptor.java.JavaType;
import org.jspecify.annotations.Nullable;

/**
 * The composite id of a sharded entity: the shard key, which a key session knows, and the rest. Thread-safe.
 *
 * <p>The rest is the one other attribute's value or, of several, a {@link Map} from their names to their values.
 */
public final class KeyedId {
    private final EntityPersister persister;
    private final EntityHome.@Nullable Sharded home;
    private volatile @Nullable Parts
            parts; // Hibernate's mapping of the id is complete after the persister's constructor

    private KeyedId(EntityPersister persister, EntityHome.@Nullable Sharded home) {
        this.persister = persister;
        this.home = home;
    }

    /**
     * Returns the id of an entity.
     *
     * @param persister of the entity
     * @param home where it lives, or null where it is not sharded
     * @return its id
     */
    public static KeyedId of(EntityPersister persister, EntityHome.@Nullable Sharded home) {
        return new KeyedId(persister, home);
    }

    /**
     * Returns the id as it is, or made whole with the session's key where it is the rest of one. Makes no object of a
     * whole id.
     *
     * @param id a whole id or the rest of one
     * @param session that looks for the row
     * @return a whole id
     * @throws IllegalArgumentException if it is neither, or if the session has no key of the entity's group
     */
    public Object whole(Object id, SharedSessionContractImplementor session) {
        var known = parts();
        return known.type == null || known.rest.isEmpty() || known.type.isInstance(id)
                ? id
                : completed(known, id, session);
    }

    /**
     * Returns whole ids for ids of which some may be the rest of one.
     *
     * @param ids whole ids and rests
     * @param session that looks for the rows
     * @return the same array if all are whole
     * @throws IllegalArgumentException as {@link #whole}
     */
    public Object[] whole(Object[] ids, SharedSessionContractImplementor session) {
        var wholes = ids;
        for (int i = 0; i < ids.length; i++) {
            var whole = whole(ids[i], session);
            if (whole != ids[i]) {
                wholes = wholes == ids ? Arrays.copyOf(ids, ids.length, Object[].class) : wholes;
                wholes[i] = whole;
            }
        }
        return wholes;
    }

    /**
     * Returns the key in an id.
     *
     * @param id a whole id
     */
    public @Nullable Object key(Object id) {
        var known = parts();
        return known.type == null ? id : known.type.getValue(id, known.position);
    }

    /**
     * Returns the key in the id of an entity. Makes no object where the entity has the key attribute itself.
     *
     * @param entity a row, or a proxy of one
     * @return null if the key is not set yet
     */
    public @Nullable Object keyOf(Object entity) {
        var own = parts().own;
        if (own != null && !(entity instanceof HibernateProxy)) {
            return own.get(entity);
        }
        var id = persister.getIdentifier(entity);
        return id == null ? null : key(id);
    }

    /**
     * Returns an equal id with another key.
     *
     * @param id a whole id
     * @param key the value of its key attribute
     */
    public Object withKey(Object id, Object key) {
        var known = parts();
        if (known.type == null) {
            return key;
        }
        var values = known.type.type.getValues(id);
        values[known.position] = key;
        return known.type.make(values);
    }

    private Object completed(Parts known, Object given, SharedSessionContractImplementor session) {
        var sharded = Objects.requireNonNull(home);
        var type = Objects.requireNonNull(known.type);
        var tenant = session.getTenantIdentifierValue();
        if (!(tenant instanceof GroupKey key) || !key.group().equals(sharded.group())) {
            throw new IllegalArgumentException("Cannot find " + simple(persister.getEntityName()) + " by "
                    + shown(given) + ": its id is " + type.name() + ", and the session, bound to " + tenant
                    + ", has no key of group '" + sharded.group() + "' to fill in its " + sharded.attribute()
                    + ". Give a whole " + type.name() + ".");
        }
        var values = new Object[known.rest.size() + 1];
        values[known.position] = key.value();
        for (var part : known.rest) {
            var value = known.rest.size() == 1 ? given : ofMap(known, given, part.getAttributeName());
            var converted = value == null ? null : converted(part, value, session);
            if (converted == null) {
                throw wrong(known, type, given, key);
            }
            values[part.getStateArrayPosition()] = converted;
        }
        return type.make(values);
    }

    private static @Nullable Object ofMap(Parts known, Object given, String attribute) {
        return given instanceof Map<?, ?> values && values.size() == known.rest.size() ? values.get(attribute) : null;
    }

    /** Takes what Hibernate takes for an id of one attribute, such as an Integer for a Long. */
    private static @Nullable Object converted(
            AttributeMapping part, Object value, SharedSessionContractImplementor session) {
        JavaType<?> type = part.getMappedType().getMappedJavaType();
        if (type.isInstance(value)) {
            return value;
        }
        var options = session.getFactory().getSessionFactoryOptions();
        if (options.getJpaCompliance().isLoadByIdComplianceEnabled()) {
            return null;
        }
        try {
            var coerced = type.coerce(value);
            return type.isInstance(coerced) ? coerced : null;
        } catch (HibernateException | IllegalArgumentException | ClassCastException e) {
            return null; // told by the caller, with what would have been right
        }
    }

    private IllegalArgumentException wrong(Parts known, IdType type, Object given, GroupKey key) {
        var rest = known.rest.stream()
                .map(part -> part.getAttributeName() + ", a "
                        + part.getMappedType().getMappedJavaType().getTypeName())
                .collect(Collectors.joining(", and "));
        var names = known.rest.stream()
                .map(part -> "\"" + part.getAttributeName() + "\", …")
                .collect(Collectors.joining(", "));
        return new IllegalArgumentException("Cannot find " + simple(persister.getEntityName()) + " by " + shown(given)
                + " in a session bound to " + key + ": of its id " + type.name() + " the session knows "
                + Objects.requireNonNull(home).attribute() + ", and left is " + rest + ". Give "
                + (known.rest.size() == 1 ? "that" : "Map.of(" + names + ")") + ", or a whole " + type.name() + ".");
    }

    private static String shown(Object given) {
        return "'" + given + "' (" + given.getClass().getName() + ")";
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private Parts parts() {
        var known = parts;
        if (known == null) {
            known = readParts();
            parts = known;
        }
        return known;
    }

    private Parts readParts() {
        if (home == null
                || !home.partOfId()
                || !(persister.getIdentifierMapping() instanceof EmbeddableValuedModelPart id)) {
            return new Parts(null, -1, List.of(), null);
        }
        var virtual = id instanceof NonAggregatedIdentifierMapping parts ? parts : null;
        boolean isClass = virtual == null || virtual.hasContainingClass(); // else the entity is its own id
        var type = virtual != null && isClass ? virtual.getIdClassEmbeddable() : id.getEmbeddableTypeDescriptor();
        int position = type.findAttributeMapping(home.attribute()).getStateArrayPosition();
        var rest = new ArrayList<AttributeMapping>();
        type.forEachAttributeMapping(part -> {
            if (isClass && part.getStateArrayPosition() != position) {
                rest.add(part);
            }
        });
        return new Parts(
                new IdType(type, type.getMappedJavaType().getJavaTypeClass()),
                position,
                List.copyOf(rest),
                virtual == null ? null : own(virtual, getter(type.getAttributeMapping(position)), home.attribute()));
    }

    /** Returns what reads the key from an entity that has the attributes of its id itself, as its id class has them. */
    private static @Nullable Getter own(NonAggregatedIdentifierMapping id, Getter ofId, String attribute) {
        var own = id.getVirtualIdEmbeddable().findAttributeMapping(attribute);
        return own instanceof BasicValuedModelPart && getter(own).getReturnTypeClass() == ofId.getReturnTypeClass()
                ? getter(own)
                : null;
    }

    private static Getter getter(AttributeMapping attribute) {
        return attribute.getPropertyAccess().getGetter();
    }

    /**
     * What an id is made of.
     *
     * @param type its class; null where the key is all of the id or none of it
     * @param position of the key among the values
     * @param rest the other attributes; empty where the entity itself is its id
     * @param own reads the key from the entity itself; null where that has it in an id object, or as something else
     */
    private record Parts(
            @Nullable IdType type,
            int position,
            List<AttributeMapping> rest,
            @Nullable Getter own) {}

    /** The class of whole ids. */
    private record IdType(EmbeddableMappingType type, Class<?> javaClass) {
        boolean isInstance(Object id) {
            return javaClass.isInstance(id);
        }

        @Nullable
        Object getValue(Object id, int position) {
            return type.getValue(id, position);
        }

        Object make(Object[] values) {
            return type.getRepresentationStrategy().getInstantiator().instantiate(() -> values);
        }

        String name() {
            return simple(javaClass.getName());
        }
    }
}
