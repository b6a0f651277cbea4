package io.shardloom.hibernate.internal.fanout;

import java.util.ArrayList;
import java.util.List;
import org.hibernate.query.sqm.tree.domain.SqmCteRoot;
import org.hibernate.query.sqm.tree.domain.SqmDerivedRoot;
import org.hibernate.query.sqm.tree.domain.SqmFunctionRoot;
import org.hibernate.query.sqm.tree.from.SqmCteJoin;
import org.hibernate.query.sqm.tree.from.SqmDerivedJoin;
import org.hibernate.query.sqm.tree.from.SqmFrom;
import org.hibernate.query.sqm.tree.from.SqmFunctionJoin;
import org.hibernate.query.sqm.tree.select.SqmDynamicInstantiation;
import org.hibernate.query.sqm.tree.select.SqmJpaCompoundSelection;
import org.hibernate.query.sqm.tree.select.SqmQueryGroup;
import org.hibernate.query.sqm.tree.select.SqmQueryPart;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.jspecify.annotations.Nullable;

/** Elements of a from clause that are queries themselves: derived tables and common table expressions. */
final class Derived {
    private Derived() {}

    /** Returns the query of a derived table or a common table expression, null for anything else. */
    static @Nullable SqmQueryPart<?> query(SqmFrom<?, ?> from) {
        if (from instanceof SqmDerivedRoot<?> root) {
            return root.getQueryPart().getQueryPart();
        }
        if (from instanceof SqmDerivedJoin<?> join) {
            return join.getQueryPart().getQueryPart();
        }
        if (from instanceof SqmCteRoot<?> root) {
            return root.getCte().getCteDefinition().getQueryPart();
        }
        return from instanceof SqmCteJoin<?> join
                ? join.getCte().getCteDefinition().getQueryPart()
                : null;
    }

    /** Tells whether an element is the rows of a function, which are the same wherever it is called. */
    static boolean isFunction(SqmFrom<?, ?> from) {
        return from instanceof SqmFunctionRoot<?> || from instanceof SqmFunctionJoin<?>;
    }

    /** Returns the sub-query that an element keeps in the from clause itself, null if it keeps none. */
    static @Nullable Object inPlace(SqmFrom<?, ?> from) {
        return from instanceof SqmDerivedRoot<?> root
                ? root.getQueryPart()
                : from instanceof SqmDerivedJoin<?> join ? join.getQueryPart() : null;
    }

    static boolean isLateral(SqmFrom<?, ?> from) {
        return from instanceof SqmDerivedJoin<?> join && join.isLateral();
    }

    /** Returns the selects of a query, which are several in a set operation. */
    static List<SqmQuerySpec<?>> selects(SqmQueryPart<?> part) {
        var selects = new ArrayList<SqmQuerySpec<?>>();
        if (part instanceof SqmQueryGroup<?> group) {
            group.getQueryParts().forEach(each -> selects.addAll(selects(each)));
        } else if (part instanceof SqmQuerySpec<?> spec) {
            selects.add(spec);
        }
        return selects;
    }

    /** Tells whether one of the selects of a query reads the query itself. */
    @SuppressWarnings("ReferenceEquality") // the query itself, not one like it
    static boolean isRecursive(SqmQueryPart<?> query) {
        return selects(query).stream()
                .flatMap(select -> new Elements(select).all().stream())
                .anyMatch(element -> query(element.from) == query);
    }

    /** Returns what a select returns, one for each column that it names. */
    static List<SqmSelectableNode<?>> columns(SqmQuerySpec<?> spec) {
        var columns = new ArrayList<SqmSelectableNode<?>>();
        for (var selection : spec.getSelectClause().getSelections()) {
            var node = selection.getSelectableNode();
            if (node instanceof SqmDynamicInstantiation<?> made) {
                made.getArguments().forEach(argument -> columns.add(argument.getSelectableNode()));
            } else if (node instanceof SqmJpaCompoundSelection<?> compound) {
                compound.getSelectionItems().forEach(item -> columns.add((SqmSelectableNode<?>) item));
            } else {
                columns.add(node);
            }
        }
        return columns;
    }

    /** Returns the place of a column of an element by its name, -1 if its query does not select it. */
    static int place(SqmFrom<?, ?> from, String name) {
        var query = query(from);
        if (query == null) {
            return -1;
        }
        int place = 0;
        for (var selection : query.getFirstQuerySpec().getSelectClause().getSelections()) {
            var node = selection.getSelectableNode();
            if (node instanceof SqmDynamicInstantiation<?> || node instanceof SqmJpaCompoundSelection<?>) {
                for (var column : columns(query.getFirstQuerySpec())) {
                    if (name.equals(column.getAlias())) {
                        return columns(query.getFirstQuerySpec()).indexOf(column);
                    }
                }
                return -1;
            }
            if (name.equals(selection.getAlias())) {
                return place;
            }
            place++;
        }
        return -1;
    }
}
