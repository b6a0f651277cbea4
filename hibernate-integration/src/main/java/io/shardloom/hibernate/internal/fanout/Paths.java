package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.hibernate.metamodel.mapping.CollectionPart;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.ModelPart;
import org.hibernate.metamodel.mapping.ModelPartContainer;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.metamodel.model.domain.EntityDomainType;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.tree.SqmCopyContext;
import org.hibernate.query.sqm.tree.domain.SqmCorrelation;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.domain.SqmPathWrapper;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.from.SqmFrom;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.jspecify.annotations.Nullable;

/** What the paths of a query stand for: entities, their homes, their shard keys, their columns. */
final class Paths {
    private final ShardSessionFactory factory;
    private final SqmCopyContext copies;

    /** Returns how the servers compare texts. */
    Collations collations() {
        return factory.one(Collations.class, () -> new Collations(factory.runtime()));
    }

    /** Reads the paths of a statement that is not copied. */
    Paths(ShardSessionFactory factory) {
        this(factory, SqmCopyContext.simpleContext());
    }

    /**
     * Reads the paths of a copied statement.
     *
     * @param factory the unit's factory
     * @param copies what was copied: the query of a joined derived table is not, and points to elements of the original
     */
    Paths(ShardSessionFactory factory, SqmCopyContext copies) {
        this.factory = factory;
        this.copies = copies;
    }

    /**
     * The shard key of the rows of an element of a from clause.
     *
     * @param from the element
     * @param direct false where the path goes over an association, which may be null
     * @param group the group of the key
     */
    record Key(SqmFrom<?, ?> from, boolean direct, String group) {}

    /**
     * Where a path starts once it is followed into the queries of derived tables.
     *
     * @param from an element that is no query
     * @param names the attributes behind it
     */
    private record Start(SqmFrom<?, ?> from, List<String> names) {}

    /** Returns the element of the from clause a path starts at, as the outermost query knows it. */
    SqmFrom<?, ?> from(SqmPath<?> path) {
        var from = start(path);
        if (from == null) {
            throw new IllegalStateException(path + " starts nowhere");
        }
        var copy = copies.getCopy(from);
        return copy == null ? from : copy;
    }

    /** Tells whether a path starts at the value of a function, as an element of an array does ({@code b.tags[1]}). */
    static boolean isOfFunction(SqmPath<?> path) {
        return start(path) == null;
    }

    /** Returns the element of a from clause that a path starts at, that of an outer select if it is of one; null if it starts at none. */
    static @Nullable SqmFrom<?, ?> start(SqmPath<?> path) {
        SqmPath<?> at = path;
        while (true) {
            if (at instanceof SqmCorrelation<?, ?> correlation) {
                at = correlation.getCorrelationParent();
            } else if (at instanceof SqmPathWrapper<?, ?> wrapper) {
                at = wrapper.getWrappedPath();
            } else if (at instanceof SqmFrom<?, ?> from) {
                return from;
            } else {
                var above = at.getLhs();
                if (above == null) {
                    return null;
                }
                at = above;
            }
        }
    }

    /** Returns the entity a path stands for, null if it stands for none. */
    @Nullable
    EntityPersister entity(SqmPath<?> path) {
        var type = path.getNodeType();
        return type != null && type.getSqmType() instanceof EntityDomainType<?> entity
                ? factory.getMappingMetamodel().findEntityDescriptor(entity.getHibernateEntityName())
                : null;
    }

    @Nullable
    EntityHome home(EntityPersister entity) {
        return factory.runtime().model().home(entity.getEntityName());
    }

    EntityHome.@Nullable Sharded sharded(SqmPath<?> path) {
        var entity = entity(path);
        return entity != null && home(entity) instanceof EntityHome.Sharded sharded ? sharded : null;
    }

    /** Returns whose shard key an expression is, null if it is none. */
    @Nullable
    Key key(SqmExpression<?> expression) {
        return expression instanceof SqmPath<?> path && !(path instanceof SqmFrom<?, ?>) ? any(path, this::key) : null;
    }

    /** Finds a key behind a path: of a derived table, if every select of it has one there. */
    private @Nullable Key any(SqmPath<?> path, Function<Start, @Nullable Key> find) {
        if (isOfFunction(path)) {
            return null;
        }
        var from = from(path);
        @Nullable Key found = null;
        for (var start : starts(from, names(path), new ArrayList<>())) {
            var key = find.apply(start);
            if (key == null || (found != null && !found.group().equals(key.group()))) {
                return null;
            }
            found = new Key(from, key.direct() && (found == null || found.direct()), key.group());
        }
        return found;
    }

    private List<Start> starts(SqmFrom<?, ?> from, List<String> names, List<Object> open) {
        var query = Derived.query(from);
        if (query == null) {
            return List.of(new Start(from, names));
        }
        var all = new ArrayList<Start>();
        var selects = Derived.selects(query);
        boolean again = open.contains(query);
        if (names.isEmpty() || (again && open.indexOf(query) != open.lastIndexOf(query))) {
            return List.of();
        }
        open.add(query);
        int place = Derived.place(from, names.get(0));
        for (var select : again ? selects.subList(0, 1) : selects) {
            var columns = Derived.columns(select);
            if (place < 0 || place >= columns.size() || !(columns.get(place) instanceof SqmPath<?> path)) {
                return List.of();
            }
            var further = new ArrayList<>(names(path));
            further.addAll(names.subList(1, names.size()));
            var starts = starts(from(path), further, open);
            if (starts.isEmpty()) {
                return starts;
            }
            all.addAll(starts);
        }
        open.remove(open.size() - 1);
        return all;
    }

    /** Tells whether a path is a column of a derived table or a common table expression. */
    boolean isDerived(SqmPath<?> path) {
        return !(path instanceof SqmFrom<?, ?>) && !isOfFunction(path) && Derived.query(from(path)) != null;
    }

    /** Returns the place of a column of a derived table, -1 if the path is more, less or something else. */
    int column(SqmPath<?> path) {
        var names = names(path);
        return names.size() == 1 && isDerived(path) ? Derived.place(from(path), names.get(0)) : -1;
    }

    /** Returns the expressions behind a column of a derived table, one of each of its selects; empty if they are not known. */
    List<SqmSelectableNode<?>> sources(SqmPath<?> path) {
        int place = column(path);
        var query = isOfFunction(path) ? null : Derived.query(from(path));
        var sources = new ArrayList<SqmSelectableNode<?>>();
        if (place >= 0 && query != null) {
            var selects = Derived.selects(query);
            // the server gives a recursive query the types of its first select
            for (var select : Derived.isRecursive(query) ? selects.subList(0, 1) : selects) {
                var columns = Derived.columns(select);
                if (place >= columns.size()) {
                    return List.of();
                }
                sources.add(columns.get(place));
            }
        }
        return sources;
    }

    private @Nullable Key key(Start start) {
        var entity = entity(start.from());
        var rest = start.names();
        while (entity != null && home(entity) instanceof EntityHome.Sharded sharded) {
            if (rest.equals(sharded.path()) || (sharded.path().size() == 1 && isWholeId(entity, sharded, rest))) {
                return new Key(start.from(), rest.size() == start.names().size(), sharded.group());
            }
            if (rest.size() < 2
                    || !(entity.findAttributeMapping(rest.get(0)) instanceof ToOneAttributeMapping association)) {
                return null;
            }
            entity = association.getEntityMappingType().getEntityPersister();
            rest = rest.subList(1, rest.size());
        }
        return null;
    }

    private static boolean isWholeId(EntityPersister entity, EntityHome.Sharded home, List<String> names) {
        return names.size() == 1
                && names.get(0).equals(EntityIdentifierMapping.ID_ROLE_NAME)
                && home.partOfId()
                && home.attribute().equals(entity.getIdentifierPropertyName());
    }

    /** Returns the element whose row, or a row of the same key, an expression is; null if it is no sharded row or id. */
    @Nullable
    Key row(SqmExpression<?> expression) {
        return expression instanceof SqmPath<?> path ? any(path, this::row) : null;
    }

    private @Nullable Key row(Start start) {
        var entity = entity(start.from());
        var names = start.names();
        int over = 0;
        while (entity != null && home(entity) instanceof EntityHome.Sharded sharded) {
            if (over == names.size()) {
                return new Key(start.from(), over == 0, sharded.group());
            }
            if (over == names.size() - 1 && sharded.partOfId() && isId(entity, names.get(over))) {
                return new Key(start.from(), over == 0, sharded.group());
            }
            entity = entity.findAttributeMapping(names.get(over)) instanceof ToOneAttributeMapping association
                    ? association.getEntityMappingType().getEntityPersister()
                    : null;
            over++;
        }
        return null;
    }

    private static boolean isId(EntityPersister entity, String name) {
        return name.equals(EntityIdentifierMapping.ID_ROLE_NAME) || name.equals(entity.getIdentifierPropertyName());
    }

    /** Returns the entity whose row or id a path is. */
    @Nullable
    EntityPersister owner(SqmPath<?> path) {
        var entity = entity(path);
        var above = path.getLhs();
        return entity != null || above == null ? entity : entity(above);
    }

    /** Returns the mapping of an attribute, null where it cannot be told. */
    @Nullable
    ModelPart part(SqmPath<?> path) {
        if (isOfFunction(path)) {
            return null;
        }
        var starts = starts(from(path), names(path), new ArrayList<>());
        return starts.size() == 1 ? part(starts.get(0)) : null;
    }

    private @Nullable ModelPart part(Start start) {
        var names = start.names();
        boolean isPlace = !names.isEmpty() && CollectionPart.Nature.fromNameExact(names.get(0)) != null;
        @Nullable ModelPart part = isPlace ? joined(start.from()) : part(start.from());
        for (var name : names) {
            part = part == null ? null : behind(part, name);
        }
        return part;
    }

    /** Returns what an element of a from clause is: an entity, or what a collection holds. */
    private @Nullable ModelPart part(SqmFrom<?, ?> from) {
        @Nullable ModelPart part = entity(from);
        if (part == null) {
            part = joined(from);
        }
        return part instanceof PluralAttributeMapping plural ? plural.getElementDescriptor() : part;
    }

    /** Returns the attribute that an element of a from clause joins, null if it joins none. */
    private @Nullable ModelPart joined(SqmFrom<?, ?> from) {
        var owner = from.getLhs() == null ? null : from(from.getLhs());
        var name = from.getReferencedPathSource().getPathName();
        boolean isPlace = CollectionPart.Nature.fromNameExact(name) != null;
        @Nullable ModelPart part = owner == null ? null : isPlace ? joined(owner) : part(owner);
        return part == null ? null : behind(part, name);
    }

    private static @Nullable ModelPart behind(ModelPart part, String name) {
        if (part instanceof PluralAttributeMapping plural) {
            var nature = CollectionPart.Nature.fromNameExact(name);
            if (nature == CollectionPart.Nature.INDEX) {
                return plural.getIndexDescriptor();
            }
            return nature == CollectionPart.Nature.ELEMENT ? plural.getElementDescriptor() : null;
        }
        var container = part instanceof ToOneAttributeMapping association ? association.getEntityMappingType() : part;
        return container instanceof ModelPartContainer parts ? subPart(parts, name) : null;
    }

    /** An attribute of an {@code @IdClass} may have the name {@code id}, by which Hibernate finds the whole id. */
    private static @Nullable ModelPart subPart(ModelPartContainer container, String name) {
        if (container instanceof EntityMappingType entity
                && entity.getIdentifierMapping() instanceof NonAggregatedIdentifierMapping parts) {
            var part = parts.getVirtualIdEmbeddable().findAttributeMapping(name);
            if (part != null) {
                return part;
            }
        }
        return container.findSubPart(name, null);
    }

    private static List<String> names(SqmPath<?> path) {
        Deque<String> names = new ArrayDeque<>();
        SqmPath<?> at = path;
        while (at != null && !(at instanceof SqmFrom<?, ?>)) {
            if (at instanceof SqmPathWrapper<?, ?> wrapper) {
                at = wrapper.getWrappedPath();
            } else {
                names.addFirst(at.getReferencedPathSource().getPathName());
                at = at.getLhs();
            }
        }
        return List.copyOf(names);
    }
}
