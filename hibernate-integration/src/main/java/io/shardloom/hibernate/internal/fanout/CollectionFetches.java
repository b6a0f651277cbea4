package io.shardloom.hibernate.internal.fanout;

import org.hibernate.query.sqm.tree.domain.SqmBasicValuedSimplePath;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.domain.SqmSimplePath;
import org.hibernate.query.sqm.tree.from.SqmAttributeJoin;
import org.hibernate.query.sqm.tree.from.SqmRoot;
import org.hibernate.query.sqm.tree.select.SqmOrderByClause;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSortSpecification;

/**
 * Join fetches of collections in rows that are read one by one: Hibernate makes one entity of those rows of it that
 * follow each other, so they are sorted to do so.
 */
final class CollectionFetches {
    private CollectionFetches() {}

    /** Refuses a query whose rows of one entity cannot be kept together. */
    static void check(SqmQuerySpec<?> spec) {
        var selections = spec.getSelectClause().getSelections();
        if (selections.size() != 1 || !(selections.get(0).getSelectableNode() instanceof SqmRoot<?>)) {
            throw Refusals.part(
                    "it fetches a collection and selects more than the owner of it",
                    "the rows of one owner would not be told from those of another");
        }
        spec.accept(new Sorts());
    }

    /** Sorts by the entity last. */
    static void keepTogether(SqmQuerySpec<?> spec) {
        var sorted = new SqmOrderByClause();
        var clause = spec.getOrderByClause();
        if (clause != null) {
            clause.getSortSpecifications().forEach(sorted::addSortSpecification);
        }
        sorted.addSortSpecification(new SqmSortSpecification(
                (SqmRoot<?>) spec.getSelectClause().getSelections().get(0).getSelectableNode()));
        spec.setOrderByClause(sorted);
    }

    /** Only what is the same for all rows of an entity may sort it. */
    private static final class Sorts extends SelectWalker {
        @Override
        public Object visitOrderByClause(SqmOrderByClause clause) {
            if (clause != null) {
                for (var sort : clause.getSortSpecifications()) {
                    new Paths().visitSortSpecification(sort);
                }
            }
            return clause;
        }
    }

    private static final class Paths extends SelectWalker {
        @Override
        public Object visitBasicValuedPath(SqmBasicValuedSimplePath<?> path) {
            SqmPath<?> at = path;
            while (at instanceof SqmSimplePath<?> && at.getLhs() != null) {
                at = at.getLhs();
            }
            if (at instanceof SqmAttributeJoin<?, ?> join && join.getAttribute().isCollection()) {
                throw Refusals.part(
                        "it is sorted by '" + path.toHqlString() + "' of a joined collection, and fetches a collection",
                        "the rows of one owner would be torn apart");
            }
            return path;
        }
    }
}
