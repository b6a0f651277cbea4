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
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.RootClass;
import org.jspecify.annotations.Nullable;

/** Refuses ids that two nodes would make, and tables without a key, each with the mapping that works. */
final class MappingCheck {
    private final InFlightMetadataCollector metadata;
    private final Map<String, EntityHome> homes;
    private final List<Fault> faults;

    MappingCheck(InFlightMetadataCollector metadata, Map<String, EntityHome> homes, List<Fault> faults) {
        this.metadata = metadata;
        this.homes = homes;
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
