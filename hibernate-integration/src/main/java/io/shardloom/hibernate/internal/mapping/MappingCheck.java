package io.shardloom.hibernate.internal.mapping;

import io.shardloom.failure.Fault;
import io.shardloom.hibernate.LocalTable;
import jakarta.persistence.GeneratedValue;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hibernate.annotations.NativeGenerator;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.IdentifierCollection;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.RootClass;
import org.hibernate.mapping.Stateful;
import org.hibernate.persister.state.internal.AuditStateManagement;
import org.hibernate.persister.state.internal.SoftDeleteStateManagement;
import org.jspecify.annotations.Nullable;

/** Refuses ids that two nodes would make, and tables and rows without a key, each with the mapping that works. */
final class MappingCheck {
    private final InFlightMetadataCollector metadata;
    private final Map<String, EntityHome> homes;
    private final boolean rowSecurity;
    private final List<Fault> faults;

    MappingCheck(
            InFlightMetadataCollector metadata,
            Map<String, EntityHome> homes,
            boolean rowSecurity,
            List<Fault> faults) {
        this.metadata = metadata;
        this.homes = homes;
        this.rowSecurity = rowSecurity;
        this.faults = faults;
    }

    void check() {
        var entities = metadata.getEntityBindingMap().values().stream()
                .sorted(Comparator.comparing(PersistentClass::getEntityName))
                .toList();
        for (var entity : entities) {
            var home = homes.get(entity.getEntityName());
            if (entity instanceof RootClass root && isOnSeveralNodes(root, home)) {
                checkIds(root);
            }
            if (entity instanceof RootClass root && home instanceof EntityHome.Sharded sharded && !sharded.partOfId()) {
                checkKeyOutsideId(root, sharded);
            }
            if (entity instanceof RootClass root && home != null) {
                checkHistory(name(root), root, home);
            }
            if (home instanceof EntityHome.Sharded) {
                checkTable(entity);
            }
        }
        for (var collection : metadata.getCollectionBindings()) {
            var owner = collection.getOwner();
            var home = owner == null ? null : homes.get(owner.getEntityName());
            if (home != null) {
                checkHistory(AssociationCheck.attribute(collection), collection, home);
            }
            if (home instanceof EntityHome.Sharded && collection instanceof IdentifierCollection) {
                faults.add(Fault.of(
                        AssociationCheck.attribute(collection),
                        "by @CollectionId its rows are changed and deleted by a number alone, which rows of other keys may"
                                + " have too. Leave it out, or use @OrderColumn."));
            }
        }
    }

    private void checkTable(PersistentClass entity) {
        var table = entity.getTable();
        if (table.getRowId() != null) {
            faults.add(Fault.of(
                    name(entity),
                    "@RowId finds a row by its place in the file of its partition (ctid), where other partitions have"
                            + " rows of other keys. Leave it out: PostgreSQL finds rows by the index of their id."));
        }
        if (table.getViewQuery() != null) {
            faults.add(Fault.of(
                    name(entity),
                    "a @View has no partitions, so it cannot be created for a sharded entity. Query the entities it"
                            + " reads."));
        }
    }

    /** Hibernate keeps and finds past states by statements of their own. */
    private void checkHistory(String subject, Stateful rows, EntityHome home) {
        var kept = rows.getStateManagementType();
        if (kept == null || kept == SoftDeleteStateManagement.class) {
            return;
        }
        String reason = null;
        if (home instanceof EntityHome.Reference) {
            reason = "past states of a reference table on one node only. Keep them in a reference table of your own.";
        } else if (home instanceof EntityHome.Sharded sharded && !sharded.partOfId()) {
            reason = "past states by the id alone, which rows of other keys may have too. Make " + sharded.attribute()
                    + " part of the id.";
        } else if (home instanceof EntityHome.Sharded && rowSecurity) {
            reason = "past states where row-level security does not keep the keys apart. Keep them in an entity of your"
                    + " own, with the same key.";
        }
        if (reason != null) {
            faults.add(Fault.of(
                    subject, (kept == AuditStateManagement.class ? "@Audited" : "@Temporal") + " keeps " + reason));
        }
    }

    /** A database hands out numbers of its own on every node, so only ids made in one place are unique. */
    private void checkIds(RootClass root) {
        for (var property : idProperties(root)) {
            Class<?> declaring = declaringClass(root, property);
            for (var annotation : AnnotatedMembers.annotationsOf(declaring, property.getName())) {
                var how = numbersFromTheNode(annotation, property);
                if (how != null) {
                    faults.add(Fault.of(
                            name(root) + "." + path(root, property),
                            how + " would hand out the same numbers on every node. Use @ShardedUuid on a UUID, or"
                                    + " @GlobalSequence(name = \""
                                    + sequenceName(root)
                                    + "\") on a number."));
                }
            }
        }
    }

    /** Tells whether numbers of one node will not do; an entity that does not say where it lives is at fault for that. */
    private static boolean isOnSeveralNodes(RootClass root, @Nullable EntityHome home) {
        return home != null
                ? !(home instanceof EntityHome.Local)
                : ModelReader.isAnnotated(root) && !root.getMappedClass().isAnnotationPresent(LocalTable.class);
    }

    private static String path(RootClass root, Property property) {
        return declaringClass(root, property) == root.getMappedClass()
                ? property.getName()
                : root.getIdentifierProperty().getName() + "." + property.getName();
    }

    /** Returns a name that {@code @GlobalSequence} takes. */
    private static String sequenceName(RootClass root) {
        var table = root.getTable().getName().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
        return table + "_id";
    }

    private static @Nullable String numbersFromTheNode(Annotation annotation, Property property) {
        if (annotation instanceof NativeGenerator) {
            return "@NativeGenerator";
        }
        if (!(annotation instanceof GeneratedValue generated)) {
            return null;
        }
        var type = property.getType().getReturnedClass();
        return switch (generated.strategy()) {
            case IDENTITY, SEQUENCE, TABLE -> "@GeneratedValue(strategy = " + generated.strategy() + ")";
            case AUTO -> Number.class.isAssignableFrom(type) || type.isPrimitive() ? "@GeneratedValue" : null;
            case UUID -> null;
        };
    }

    private static List<Property> idProperties(RootClass root) {
        if (root.getIdentifier() instanceof Component id) {
            return id.getProperties();
        }
        return root.hasIdentifierProperty() ? List.of(root.getIdentifierProperty()) : List.of();
    }

    private static Class<?> declaringClass(RootClass root, Property property) {
        return root.getIdentifier() instanceof Component id
                        && root.hasIdentifierProperty()
                        && id.getProperties().contains(property)
                ? id.getComponentClass()
                : root.getMappedClass();
    }

    private void checkKeyOutsideId(RootClass root, EntityHome.Sharded home) {
        var more = new ArrayList<String>();
        root.getJoins()
                .forEach(join ->
                        more.add("the secondary table " + join.getTable().getName()));
        for (var subclass : root.getSubclasses()) {
            if (!subclass.getTable().equals(root.getTable())) {
                more.add("the table " + subclass.getTable().getName() + " of its subclass " + name(subclass));
            }
        }
        for (var collection : metadata.getCollectionBindings()) {
            if (!collection.isOneToMany()
                    && collection.getOwner() != null
                    && collection.getOwner().getRootClass() == root) {
                more.add("the collection table "
                        + collection.getCollectionTable().getName());
            }
        }
        if (!more.isEmpty()) {
            faults.add(Fault.of(
                    name(root) + "." + home.attribute(),
                    "the key is outside the id, so " + String.join(", ", more)
                            + " would have no key column. Make it part of the id: @IdClass with @Id @ShardKey "
                            + home.keyType().sqlName() + " " + home.attribute() + " and the id you have."));
        }
    }

    private static String name(PersistentClass entity) {
        return entity.getJpaEntityName() != null ? entity.getJpaEntityName() : entity.getEntityName();
    }
}
