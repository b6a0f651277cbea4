package io.shardloom.hibernate.internal.fanout;

import java.util.ArrayList;
import java.util.List;
import org.hibernate.query.sqm.tree.SqmJoinType;
import org.hibernate.query.sqm.tree.domain.SqmPluralPartJoin;
import org.hibernate.query.sqm.tree.from.SqmAttributeJoin;
import org.hibernate.query.sqm.tree.from.SqmCrossJoin;
import org.hibernate.query.sqm.tree.from.SqmEntityJoin;
import org.hibernate.query.sqm.tree.from.SqmFrom;
import org.hibernate.query.sqm.tree.from.SqmJoin;
import org.hibernate.query.sqm.tree.from.SqmRoot;
import org.hibernate.query.sqm.tree.predicate.SqmPredicate;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.jspecify.annotations.Nullable;

/** The from clause of one select, element by element. */
final class Elements {
    private static final String SPREAD = "its rows are spread over the nodes in no known way";

    private final List<Element> all = new ArrayList<>();

    /** One root or join. */
    static final class Element {
        final SqmFrom<?, ?> from;
        final @Nullable SqmJoinType join;
        final @Nullable SqmPredicate on;
        boolean nullable;

        Element(SqmFrom<?, ?> from, @Nullable SqmJoinType join, @Nullable SqmPredicate on) {
            this.from = from;
            this.join = join;
            this.on = on;
        }

        /** Tells whether rows of the joined element stay that match none of the elements before it. */
        boolean keepsItsOwnRows() {
            return join == SqmJoinType.RIGHT || join == SqmJoinType.FULL;
        }

        /** Tells whether the join keeps rows that its predicate does not match. */
        boolean isOuter() {
            return join == SqmJoinType.LEFT || join == SqmJoinType.RIGHT || join == SqmJoinType.FULL;
        }
    }

    Elements(SqmQuerySpec<?> spec) {
        for (var root : spec.getFromClause().getRoots()) {
            int first = all.size();
            add(root);
            var ordered = root.getOrderedJoins();
            if (ordered == null) {
                addJoins(root, first, true);
            } else {
                ordered.forEach(join -> addJoin(join, first, false));
            }
        }
    }

    List<Element> all() {
        return all;
    }

    private void add(SqmRoot<?> root) {
        if (root.isCorrelated()) {
            return; // an element of the outer query, of which only the joins are new
        }
        if (root.getClass() != SqmRoot.class && Derived.query(root) == null && !Derived.isFunction(root)) {
            throw Refusals.part(
                    "'" + root.getNavigablePath() + "' in its from clause is neither an entity nor a query", SPREAD);
        }
        all.add(new Element(root, null, null));
    }

    private void addJoins(SqmFrom<?, ?> from, int first, boolean nested) {
        from.visitSqmJoins(join -> addJoin(join, first, nested));
        from.getSqmTreats().forEach(treat -> addJoins(treat, first, nested));
    }

    private void addJoin(SqmJoin<?, ?> join, int first, boolean nested) {
        var type = join.getSqmJoinType();
        if (!isKnown(join)) {
            throw Refusals.part("'" + join.getNavigablePath() + "' joins neither an entity nor an association", SPREAD);
        }
        var element = new Element(join, type, join.getJoinPredicate());
        switch (type) {
            case LEFT -> element.nullable = true;
            case RIGHT -> all.subList(first, all.size()).forEach(before -> before.nullable = true);
            case FULL -> {
                element.nullable = true;
                all.subList(first, all.size()).forEach(before -> before.nullable = true);
            }
            case INNER, CROSS -> {}
        }
        all.add(element);
        if (nested) {
            addJoins(join, first, true);
        }
    }

    private static boolean isKnown(SqmJoin<?, ?> join) {
        return join instanceof SqmAttributeJoin<?, ?>
                || join instanceof SqmEntityJoin<?, ?>
                || join instanceof SqmCrossJoin<?>
                || join instanceof SqmPluralPartJoin<?, ?>
                || Derived.query(join) != null
                || Derived.isFunction(join);
    }
}
