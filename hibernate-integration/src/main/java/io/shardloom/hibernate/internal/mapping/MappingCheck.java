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
import org.hibernate.mapping.Any;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.IndexedCollection;
import org.hibernate.mapping.OneToMany;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.RootClass;
import org.hibernate.mapping.ToOne;
import org.hibernate.mapping.Value;
import org.jspecify.annotations.Nullable;

/** Refuses mappings that would leave a shard or make the same id on two nodes, each with the mapping that works. */
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
            if (home == null) {
                continue;
            }
            if (entity instanceof RootClass root) {
                if (home instanceof EntityHome.Sharded sharded && !sharded.partOfId()) {
                    checkKeyOutsideId(root, sharded);
                }
            }
            entity.getProperties().forEach(p -> checkAssociation(entity, home, p.getName(), p.getValue()));
        }
        metadata.getCollectionBindings().stream()
                .sorted(Comparator.comparing(Collection::getRole))
                .forEach(this::checkLinkWrites);
    }

    /** Hibernate writes links and places into the rows of a collection by other statements than those of their entity. */
    private void checkLinkWrites(Collection collection) {
        if (!(collection.getElement() instanceof OneToMany toMany)) {
            return;
        }
        var to = homes.get(toMany.getReferencedEntityName());
        var target = name(metadata.getEntityBinding(toMany.getReferencedEntityName()));
        boolean placed = collection instanceof IndexedCollection indexed && !indexed.hasMapKeyProperty();
        if (to instanceof EntityHome.Sharded sharded) {
            if (!collection.isInverse()) {
                faults.add(Fault.of(
                        attribute(collection),
                        "it writes the link into the rows of " + target + " by statements that lack or lose their shard"
                                + " key. Map a @ManyToOne in " + target + " and use mappedBy."));
            } else if (placed && !sharded.partOfId()) {
                faults.add(Fault.of(
                        attribute(collection),
                        "the places of its rows are written by their id alone, and the key of " + target
                                + " is outside the id, so rows of other keys would change. Leave the places out, with"
                                + " @OrderBy or @MapKey instead, or make the key of " + target + " part of its id."));
            }
        } else if (to instanceof EntityHome.Reference
                && !collection.isInverse()
                && !(homes.get(collection.getOwner().getEntityName()) instanceof EntityHome.Reference)) {
            faults.add(Fault.of(
                    attribute(collection),
                    "it writes the link into the rows of " + target
                            + ", a reference table, of which one node's copy only"
                            + " would change. Give the association a @JoinTable."));
        }
    }

    static String attribute(Collection collection) {
        var owner = collection.getOwner();
        return name(owner)
                + collection.getRole().substring(owner.getEntityName().length());
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

    private void checkAssociation(PersistentClass entity, EntityHome from, String attribute, Value value) {
        if (value instanceof Component component) {
            component
                    .getProperties()
                    .forEach(p -> checkAssociation(entity, from, attribute + "." + p.getName(), p.getValue()));
        } else if (value instanceof Collection collection) {
            var element = collection.getElement();
            if (element instanceof OneToMany toMany) {
                checkTarget(entity, from, attribute, toMany.getReferencedEntityName());
            } else if (element instanceof ToOne || element instanceof Component || element instanceof Any) {
                checkAssociation(entity, from, attribute, element);
            }
        } else if (value instanceof Any any) {
            checkAny(entity, attribute, any);
        } else if (value instanceof ToOne toOne) {
            checkTarget(entity, from, attribute, toOne.getReferencedEntityName());
        }
    }

    /** A row named by type and id alone could be one of any key. */
    private void checkAny(PersistentClass entity, String attribute, Any any) {
        var targets = any.getMetaValues();
        boolean known = targets != null && !targets.isEmpty();
        if (!known
                || !targets.values().stream().allMatch(target -> homes.get(target) instanceof EntityHome.Reference)) {
            faults.add(Fault.of(
                    name(entity) + "." + attribute,
                    "@Any names a row by its entity and id, without its key or node. List reference tables alone in"
                            + " @AnyDiscriminatorValue, or map one @ManyToOne for each entity."));
        }
    }

    private void checkTarget(PersistentClass entity, EntityHome from, String attribute, String target) {
        var to = homes.get(target);
        if (to == null || reaches(from, to)) {
            return;
        }
        faults.add(Fault.of(
                name(entity) + "." + attribute,
                "it points from " + describe(from) + " to "
                        + metadata.getEntityBinding(target).getJpaEntityName()
                        + ", " + describe(to)
                        + ", whose rows may be on another node. Map the other's id as a plain attribute instead."));
    }

    /** A row may point to rows that are on its own node, wherever that is. */
    private static boolean reaches(EntityHome from, EntityHome to) {
        if (to instanceof EntityHome.Reference) {
            return true;
        }
        if (from instanceof EntityHome.Sharded a && to instanceof EntityHome.Sharded b) {
            return a.group().equals(b.group());
        }
        return from instanceof EntityHome.Local && from.equals(to);
    }

    private static String describe(EntityHome home) {
        if (home instanceof EntityHome.Sharded sharded) {
            return "an entity sharded in group '" + sharded.group() + "'";
        }
        return home instanceof EntityHome.Local local ? "a local table of node " + local.node() : "a reference table";
    }

    static String name(PersistentClass entity) {
        return entity.getJpaEntityName() != null ? entity.getJpaEntityName() : entity.getEntityName();
    }
}
