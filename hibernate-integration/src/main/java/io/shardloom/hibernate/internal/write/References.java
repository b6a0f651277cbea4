package io.shardloom.hibernate.internal.write;

import static org.hibernate.bytecode.enhance.spi.LazyPropertyInitializer.UNFETCHED_PROPERTY;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.key.GroupKey;
import io.shardloom.topology.Layout;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.hibernate.Hibernate;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.type.CollectionType;
import org.hibernate.type.CompositeType;
import org.hibernate.type.EntityType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * The attributes by which an entity points to sharded ones: to-one, to-many, maps with entities on either side, and
 * these inside embeddables. Thread-safe.
 */
final class References {
    private final ShardingRuntime runtime;
    private final KeyReaders readers;
    private final Map<String, int[]> pointing = new ConcurrentHashMap<>();

    References(ShardingRuntime runtime, KeyReaders readers) {
        this.runtime = runtime;
        this.readers = readers;
    }

    /** Returns the positions of an entity's attributes that may point to sharded entities. */
    int[] of(EntityPersister persister) {
        var known = pointing.get(persister.getEntityName());
        if (known == null) {
            var types = persister.getPropertyTypes();
            known = IntStream.range(0, types.length)
                    .filter(i -> mayPoint(types[i], persister.getFactory()))
                    .toArray();
            pointing.put(persister.getEntityName(), known);
        }
        return known;
    }

    private boolean mayPoint(@Nullable Type type, SessionFactoryImplementor factory) {
        if (type instanceof EntityType target) {
            return runtime.model().home(target.getAssociatedEntityName()) instanceof EntityHome.Sharded;
        }
        if (type instanceof CollectionType many) {
            var persister = factory.getMappingMetamodel().getCollectionDescriptor(many.getRole());
            return mayPoint(elementType(persister), factory) || mayPoint(indexType(persister), factory);
        }
        return type != null
                && (type.isAnyType()
                        || (type instanceof CompositeType parts
                                && Arrays.stream(parts.getSubtypes()).anyMatch(part -> mayPoint(part, factory))));
    }

    @SuppressWarnings("removal") // the mappings that shall replace it lead to no value
    private static Type elementType(CollectionPersister collection) {
        return collection.getElementType();
    }

    @SuppressWarnings("removal") // the mappings that shall replace it lead to no value
    private static @Nullable Type indexType(CollectionPersister collection) {
        return collection.getIndexType();
    }

    /** Returns the key of a row, null where it has none or is not sharded. */
    @Nullable
    GroupKey keyOf(EntityPersister persister, Object entity, @Nullable Object id) {
        if (!(runtime.model().home(persister.getEntityName()) instanceof EntityHome.Sharded home)) {
            return null;
        }
        var key = readers.of(persister, home).key(entity, id);
        return key == null ? null : runtime.sharding().key(home.group(), key);
    }

    static String simpleName(EntityPersister persister) {
        var name = persister.getEntityName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Refuses the references of a new row to rows of another key than its own. */
    void checkAll(EntityPersister persister, Object entity, SharedSessionContractImplementor session) {
        var pointing = of(persister);
        var own = pointing.length == 0 ? null : keyOf(persister, entity, null);
        if (own != null) {
            for (int i : pointing) {
                check(persister, i, persister.getValue(entity, i), own, session);
            }
        }
    }

    /** Refuses an attribute's value if a row of another key is in it; of a collection, only where it was changed. */
    void check(
            EntityPersister owner,
            int attribute,
            @Nullable Object value,
            GroupKey bound,
            SharedSessionContractImplementor session) {
        var name = owner.getEntityName();
        var subject = name.substring(name.lastIndexOf('.') + 1) + "." + owner.getPropertyNames()[attribute];
        new Check(subject, bound, session).value(owner.getPropertyTypes()[attribute], value);
    }

    /** One look at one attribute. */
    private final class Check {
        private final String subject;
        private final GroupKey bound;
        private final SharedSessionContractImplementor session;

        Check(String subject, GroupKey bound, SharedSessionContractImplementor session) {
            this.subject = subject;
            this.bound = bound;
            this.session = session;
        }

        void value(@Nullable Type type, @Nullable Object value) {
            if (value == null || value == UNFETCHED_PROPERTY || !mayPoint(type, session.getFactory())) {
                return;
            }
            if (type instanceof CollectionType many) {
                collection(many, value);
            } else if (type instanceof CompositeType parts && !type.isAnyType()) {
                for (int i = 0; i < parts.getSubtypes().length; i++) {
                    value(parts.getSubtypes()[i], parts.getPropertyValue(value, i, session));
                }
            } else {
                target(value);
            }
        }

        private void collection(CollectionType type, Object value) {
            var persister = session.getFactory().getMappingMetamodel().getCollectionDescriptor(type.getRole());
            if (value instanceof PersistentCollection<?> wrapped) {
                if (!wrapped.wasInitialized()) {
                    if (wrapped.hasQueuedOperations()) {
                        wrapped.queuedAdditionIterator()
                                .forEachRemaining(element -> value(elementType(persister), element));
                    }
                    return;
                }
                var entry = session.getPersistenceContextInternal().getCollectionEntry(wrapped);
                if (entry != null && !entry.isDorecreate() && !entry.isDoupdate()) {
                    return;
                }
            }
            if (value instanceof Map<?, ?> map) {
                map.forEach((index, element) -> {
                    value(indexType(persister), index);
                    value(elementType(persister), element);
                });
            } else if (value instanceof Iterable<?> elements) {
                elements.forEach(element -> value(elementType(persister), element));
            } else if (value instanceof Object[] elements) {
                Arrays.stream(elements).forEach(element -> value(elementType(persister), element));
            }
        }

        private void target(Object target) {
            var lazy = HibernateProxy.extractLazyInitializer(target);
            var entity = lazy == null ? target : lazy.isUninitialized() ? null : lazy.getImplementation();
            var entry = entity == null
                    ? null
                    : session.getPersistenceContextInternal().getEntry(entity);
            var persister = entry != null
                    ? entry.getPersister()
                    : lazy != null
                            ? session.getFactory().getMappingMetamodel().getEntityDescriptor(lazy.getEntityName())
                            : session.getEntityPersister(null, target);
            if (!(runtime.model().home(persister.getEntityName()) instanceof EntityHome.Sharded home)) {
                return;
            }
            boolean loaded = Hibernate.isInitialized(target);
            var id = lazy != null
                    ? lazy.getInternalIdentifier()
                    : entry != null ? entry.getId() : loaded ? null : persister.getIdentifier(target, session);
            if (!loaded && !home.partOfId()) {
                find(persister, home, id);
                return;
            }
            var key = readers.of(persister, home).key(entity == null ? target : entity, id);
            boolean same = home.group().equals(bound.group())
                    && (key == null || bound.value().equals(bound.type().canonical(key)));
            if (!same) { // a new one without a key is given the session's
                var name = persister.getEntityName();
                throw new WrongShardKeyException("Cannot point " + subject + " to "
                        + name.substring(name.lastIndexOf('.') + 1) + " with " + home.attribute() + " = " + key
                        + ": "
                        + (session.getTenantIdentifierValue() instanceof GroupKey
                                ? "the session is bound to "
                                : "its own key is ")
                        + bound + ", and a row points to rows of its own key only. Keep the other's id in a plain"
                        + " attribute, and find it in a session of its own key.");
            }
        }

        /**
         * Looks for a row whose key is not known without asking for it. In the partitioned layout the foreign key brings
         * the key of this row, so that PostgreSQL compares them; in the plain one it is the id alone.
         */
        private void find(EntityPersister persister, EntityHome.Sharded home, @Nullable Object id) {
            if (id == null
                    || !(session.getTenantIdentifierValue() instanceof GroupKey)
                    || runtime.sharding().group(home.group()).layout() != Layout.PLAIN) {
                return;
            }
            var known = session.getPersistenceContextInternal().getEntity(session.generateEntityKey(id, persister));
            if (known != null && Hibernate.isInitialized(known)) {
                return;
            }
            if (persister.getDatabaseSnapshot(id, session) == null) {
                throw new WrongShardKeyException("Cannot point " + subject + " to " + simpleName(persister) + " "
                        + id + ": the session is bound to " + bound
                        + ", which has no such row, and a row points to rows"
                        + " of its own key only. Keep the other's id in a plain attribute, and find it in a session of its"
                        + " own key.");
            }
        }
    }
}
