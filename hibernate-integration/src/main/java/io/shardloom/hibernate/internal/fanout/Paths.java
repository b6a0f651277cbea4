package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.ModelPart;
import org.hibernate.metamodel.mapping.ModelPartContainer;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.metamodel.mapping.PluralAttributeMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.metamodel.model.domain.EntityDomainType;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.tree.domain.SqmCorrelation;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.domain.SqmPathWrapper;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.from.SqmFrom;
import org.jspecify.annotations.Nullable;

/** What the paths of a query stand for: entities, their homes, their shard keys, their columns. */
final class Paths {
    private final ShardSessionFactory factory;

    /** Returns how the servers compare texts. */
    Collations collations() {
        return factory.one(Collations.class, () -> new Collations(factory.runtime()));
    }

    Paths(ShardSessionFactory factory) {
        this.factory = factory;
    }

    /**
     * The shard key of the rows of an element of a from clause.
     *
     * @param from the element
     * @param direct false where the path goes over an association, which may be null
     */
    record Key(SqmFrom<?, ?> from, boolean direct) {}

    /** Returns the element of the from clause a path starts at, as the outermost query knows it. */
    static SqmFrom<?, ?> from(SqmPath<?> path) {
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
                    throw new IllegalStateException(path + " starts nowhere");
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
        if (!(expression instanceof SqmPath<?> path) || path instanceof SqmFrom<?, ?>) {
            return null;
        }
        var from = from(path);
        var entity = entity(from);
        return entity == null ? null : key(from, entity, names(path));
    }

    private @Nullable Key key(SqmFrom<?, ?> from, EntityPersister start, List<String> names) {
        var entity = start;
        var rest = names;
        while (home(entity) instanceof EntityHome.Sharded sharded) {
            if (rest.equals(sharded.path()) || (sharded.path().size() == 1 && isWholeId(entity, sharded, rest))) {
                return new Key(from, rest.size() == names.size());
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
        if (!(expression instanceof SqmPath<?> path)) {
            return null;
        }
        var from = from(path);
        if (path instanceof SqmFrom<?, ?>) {
            return sharded(from) == null ? null : new Key(from, true);
        }
        var entity = entity(from);
        var names = names(path);
        int over = 0;
        while (entity != null && home(entity) instanceof EntityHome.Sharded sharded) {
            if (over == names.size()) {
                return new Key(from, over == 0);
            }
            if (over == names.size() - 1 && sharded.partOfId() && isId(entity, names.get(over))) {
                return new Key(from, over == 0);
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
        var from = from(path);
        @Nullable ModelPart part = entity(from);
        if (part == null && from.getLhs() != null) {
            part = part(from.getLhs());
            if (part instanceof ModelPartContainer container) {
                part = container.findSubPart(from.getReferencedPathSource().getPathName(), null);
            }
            if (part instanceof PluralAttributeMapping plural) {
                part = plural.getElementDescriptor();
            }
        }
        if (path instanceof SqmFrom<?, ?>) {
            return part;
        }
        for (var name : names(path)) {
            if (part instanceof ToOneAttributeMapping association) {
                part = association.getEntityMappingType();
            }
            part = part instanceof ModelPartContainer container ? subPart(container, name) : null;
        }
        return part;
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
