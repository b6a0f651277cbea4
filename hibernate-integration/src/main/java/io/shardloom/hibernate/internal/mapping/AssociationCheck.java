package io.shardloom.hibernate.internal.mapping;

import io.shardloom.config.ResolvedGroups;
import io.shardloom.failure.Fault;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.mapping.Any;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.IndexedCollection;
import org.hibernate.mapping.OneToMany;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.ToOne;
import org.hibernate.mapping.Value;
import org.jspecify.annotations.Nullable;

/**
 * Refuses associations that may lead to another node, and collections whose columns Hibernate cannot share with the key,
 * each with the mapping that works.
 */
final class AssociationCheck {
    private final InFlightMetadataCollector metadata;
    private final Map<String, EntityHome> homes;
    private final ResolvedGroups groups;
    private final List<Fault> faults;

    AssociationCheck(
            InFlightMetadataCollector metadata,
            Map<String, EntityHome> homes,
            ResolvedGroups groups,
            List<Fault> faults) {
        this.metadata = metadata;
        this.homes = homes;
        this.groups = groups;
        this.faults = faults;
    }

    void check() {
        metadata.getEntityBindingMap().values().stream()
                .sorted(Comparator.comparing(PersistentClass::getEntityName))
                .forEach(entity -> {
                    var home = homes.get(entity.getEntityName());
                    if (home != null) {
                        entity.getProperties().forEach(p -> check(entity, home, p.getName(), p.getValue()));
                    }
                });
        metadata.getCollectionBindings().stream()
                .sorted(Comparator.comparing(Collection::getRole))
                .forEach(this::checkLinkWrites);
    }

    private void check(PersistentClass entity, EntityHome from, String attribute, Value value) {
        if (value instanceof Component component) {
            component.getProperties().forEach(p -> check(entity, from, attribute + "." + p.getName(), p.getValue()));
        } else if (value instanceof Collection collection) {
            if (collection.getElement() instanceof OneToMany toMany) {
                checkTarget(entity, from, attribute, toMany.getReferencedEntityName());
            } else {
                checkPart(entity, from, attribute, collection.getElement());
            }
            if (collection instanceof IndexedCollection indexed) {
                checkPart(entity, from, attribute, indexed.getIndex());
            }
            checkSharedColumns(entity, from, attribute, collection);
        } else if (value instanceof Any any) {
            checkAny(entity, from, attribute, any);
        } else if (value instanceof ToOne toOne) {
            checkTarget(entity, from, attribute, toOne.getReferencedEntityName());
        }
    }

    /** Hibernate loads and writes the row by its id alone, so the id has to say whose row it is. */
    private void checkAny(PersistentClass entity, EntityHome from, String attribute, Any any) {
        var targets = any.getMetaValues();
        if (targets == null
                || targets.isEmpty()
                || !targets.values().stream().allMatch(target -> saysWhose(from, homes.get(target)))) {
            faults.add(Fault.of(
                    name(entity) + "." + attribute,
                    "@Any names a row by its entity and id, without its key or node. List in @AnyDiscriminatorValue only"
                            + " reference tables and entities of the same group whose id holds the key, or map one"
                            + " @ManyToOne for each entity."));
        }
    }

    private static boolean saysWhose(EntityHome from, @Nullable EntityHome to) {
        return to instanceof EntityHome.Reference
                || (from instanceof EntityHome.Sharded a
                        && to instanceof EntityHome.Sharded b
                        && b.partOfId()
                        && a.group().equals(b.group()));
    }

    private void checkPart(PersistentClass entity, EntityHome from, String attribute, Value part) {
        if (part instanceof ToOne || part instanceof Component || part instanceof Any) {
            check(entity, from, attribute, part);
        }
    }

    private void checkTarget(PersistentClass entity, EntityHome from, String attribute, String target) {
        var to = homes.get(target);
        if (to == null || reaches(from, to)) {
            return;
        }
        var name = metadata.getEntityBinding(target).getJpaEntityName();
        faults.add(Fault.of(
                name(entity) + "." + attribute,
                "it points from " + describe(from) + " to " + name + ", " + describe(to)
                        + ", whose rows may be on another node. " + cure(from, to, name)));
    }

    private static String cure(EntityHome from, EntityHome to, String target) {
        return from instanceof EntityHome.Sharded sharded && to instanceof EntityHome.Local local
                ? "Make " + target + " a @ReferenceTable, place every shard of group '" + sharded.group() + "' on node "
                        + local.node() + ", or map its id as a plain attribute instead."
                : "Map the other's id as a plain attribute instead.";
    }

    /** A row may point to rows that are on its own node, wherever that is. */
    private boolean reaches(EntityHome from, EntityHome to) {
        if (to instanceof EntityHome.Reference) {
            return true;
        }
        if (from instanceof EntityHome.Sharded a && to instanceof EntityHome.Sharded b) {
            return a.group().equals(b.group());
        }
        if (from instanceof EntityHome.Sharded sharded && to instanceof EntityHome.Local local) {
            var nodes = groups.nodesOf(sharded.group());
            return nodes.isEmpty() || nodes.equals(Set.of(local.node())); // a group at fault is told as such
        }
        return from instanceof EntityHome.Local && from.equals(to);
    }

    private static String describe(EntityHome home) {
        if (home instanceof EntityHome.Sharded sharded) {
            return "an entity sharded in group '" + sharded.group() + "'";
        }
        return home instanceof EntityHome.Local local ? "a local table of node " + local.node() : "a reference table";
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

    /** Hibernate writes each side of a collection with all of its columns, and clears those of a side that is taken out. */
    private void checkSharedColumns(PersistentClass entity, EntityHome from, String attribute, Collection collection) {
        if (!(from instanceof EntityHome.Sharded)
                || collection.isInverse()
                || collection.getElement() instanceof OneToMany) {
            return;
        }
        var shared = new ArrayList<Column>(collection.getKey().getColumns());
        var others = new ArrayList<Column>(collection.getElement().getColumns());
        if (collection instanceof IndexedCollection indexed && indexed.getIndex() instanceof ToOne) {
            others.addAll(indexed.getIndex().getColumns());
        }
        shared.retainAll(others);
        if (!shared.isEmpty()) {
            faults.add(Fault.of(
                    name(entity) + "." + attribute,
                    "both sides of the table " + collection.getCollectionTable().getName() + " have the column "
                            + shared.stream().map(Column::getName).collect(Collectors.joining(", "))
                            + ", which Hibernate would write twice. Name another @JoinColumn for the side of the"
                            + " elements; a CHECK in the generated schema holds the two equal."));
        }
    }

    static String name(PersistentClass entity) {
        return entity.getJpaEntityName() != null ? entity.getJpaEntityName() : entity.getEntityName();
    }
}
