package io.shardloom.hibernate.internal.bulk;

import io.shardloom.failure.RefusedQueryException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.engine.spi.LoadQueryInfluencers;
import org.hibernate.metamodel.MappingMetamodel;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.model.domain.EntityDomainType;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.spi.BaseSemanticQueryWalker;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.SqmJoinType;
import org.hibernate.query.sqm.tree.domain.SqmIndexedCollectionAccessPath;
import org.hibernate.query.sqm.tree.expression.SqmAliasedNodeRef;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.from.SqmCrossJoin;
import org.hibernate.query.sqm.tree.from.SqmFrom;
import org.hibernate.query.sqm.tree.from.SqmJoin;
import org.hibernate.query.sqm.tree.select.SqmSortSpecification;
import org.hibernate.sql.ast.spi.SqlAstCreationState;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.predicate.Predicate;

/** Holds joins to the key where Hibernate's place for the predicate would not. */
final class KeyedJoins {
    private KeyedJoins() {}

    /** Refuses a join that keeps rows a predicate in its place would not reach, or would take away. */
    static void check(SqmJoin<?, ?> join, MappingMetamodel metamodel, LoadQueryInfluencers influencers) {
        var type = join.getSqmJoinType();
        if ((type == SqmJoinType.RIGHT || type == SqmJoinType.FULL)
                && isOfKey(influencers)
                && hasSharded(root(join), metamodel)) {
            throw new RefusedQueryException(
                    "A key session has no " + type.name().toLowerCase(Locale.ROOT) + " join of '"
                            + join.getNavigablePath()
                            + "' with sharded rows: the key, put into its condition or beside it, would"
                            + " show rows of other keys or lose some. Write it as a left join that starts from the other side.");
        }
    }

    /** Adds the restrictions of an entity that is cross joined, which Hibernate leaves out. */
    static void restrict(SqmJoin<?, ?> join, TableGroup rows, Consumer<Predicate> out, SqlAstCreationState state) {
        if (join instanceof SqmCrossJoin<?> && rows.getModelPart() instanceof EntityMappingType entity) {
            entity.getEntityPersister().applyWhereRestrictions(out, rows, true, state);
        }
    }

    /** Refuses in a statement on several tables, which Hibernate translates by itself, what {@link #restrict} would mend. */
    static void check(SqmDmlStatement<?> statement, EntityPersister persister, LoadQueryInfluencers influencers) {
        if (isOfKey(influencers)) {
            statement.accept(new Joins(persister, influencers));
        }
    }

    private static boolean isOfKey(LoadQueryInfluencers influencers) {
        return influencers.getEnabledFilter(TenantIdBinder.FILTER_NAME) == null;
    }

    private static SqmFrom<?, ?> root(SqmFrom<?, ?> join) {
        var at = join;
        while (at instanceof SqmJoin<?, ?> && at.getLhs() instanceof SqmFrom<?, ?> above) {
            at = above;
        }
        return at instanceof SqmJoin<?, ?> entity ? entity.findRoot() : at;
    }

    private static boolean hasSharded(SqmFrom<?, ?> from, MappingMetamodel metamodel) {
        return isSharded(from, metamodel)
                || from.getSqmJoins().stream().anyMatch(join -> hasSharded(join, metamodel))
                || from.getSqmTreats().stream().anyMatch(treat -> hasSharded(treat, metamodel));
    }

    private static boolean isSharded(SqmFrom<?, ?> from, MappingMetamodel metamodel) {
        return from.getReferencedPathSource().getPathType() instanceof EntityDomainType<?> entity
                && metamodel
                                .getEntityDescriptor(entity.getHibernateEntityName())
                                .getFactory()
                                .getServiceRegistry()
                                .requireService(ShardingRuntime.class)
                                .model()
                                .home(entity.getHibernateEntityName())
                        instanceof EntityHome.Sharded;
    }

    private static final class Joins extends BaseSemanticQueryWalker {
        private final MappingMetamodel metamodel;
        private final LoadQueryInfluencers influencers;
        private final String entity;

        Joins(EntityPersister persister, LoadQueryInfluencers influencers) {
            this.metamodel = persister.getFactory().getMappingMetamodel();
            this.influencers = influencers;
            this.entity = BulkRules.simpleName(persister.getEntityName());
        }

        @Override
        protected void consumeExplicitJoin(SqmJoin<?, ?> join, boolean transitive) {
            if (join instanceof SqmCrossJoin<?> && isSharded(join, metamodel)) {
                throw new RefusedQueryException(
                        "A bulk statement on " + entity + ", whose rows are in several tables, has"
                                + " no cross join in a key session: Hibernate gives no place for the key there. Write 'from A a, B"
                                + " b', or 'join B b on true'.");
            }
            check(join, metamodel, influencers);
            super.consumeExplicitJoin(join, transitive);
        }

        @Override
        public Object visitSortSpecification(SqmSortSpecification sort) {
            return sort.getSortExpression() instanceof SqmAliasedNodeRef ? sort : super.visitSortSpecification(sort);
        }

        @Override
        public Object visitGroupByClause(List<SqmExpression<?>> groups) {
            groups.stream()
                    .filter(group -> !(group instanceof SqmAliasedNodeRef))
                    .forEach(group -> group.accept(this));
            return groups;
        }

        @Override
        public Object visitIndexedPluralAccessPath(SqmIndexedCollectionAccessPath<?> path) {
            path.getSelectorExpression().accept(this);
            return path;
        }
    }
}
