package io.shardloom.hibernate.internal.fanout;

import java.util.ArrayList;
import java.util.List;
import org.hibernate.query.sqm.tree.expression.SqmAggregateFunction;
import org.hibernate.query.sqm.tree.expression.SqmFunction;
import org.hibernate.query.sqm.tree.expression.SqmOver;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSubQuery;

/** The window functions and aggregates of one select, without those of its sub-queries. */
final class Windows extends SelectWalker {
    private final List<SqmOver<?>> windows = new ArrayList<>();
    private final List<SqmFunction<?>> aggregates = new ArrayList<>();

    private Windows() {}

    static Windows of(SqmQuerySpec<?> spec) {
        var found = new Windows();
        found.visitSelectClause(spec.getSelectClause());
        if (spec.getHavingClausePredicate() != null) {
            spec.getHavingClausePredicate().accept(found);
        }
        found.visitOrderByClause(spec.getOrderByClause());
        return found;
    }

    static boolean areIn(SqmQuerySpec<?> spec) {
        return !of(spec).windows.isEmpty();
    }

    List<SqmOver<?>> windows() {
        return windows;
    }

    List<SqmFunction<?>> aggregates() {
        return aggregates;
    }

    @Override
    public Object visitOver(SqmOver<?> over) {
        windows.add(over);
        if (over.getExpression() instanceof SqmFunction<?> function) {
            function.getArguments().forEach(argument -> argument.accept(this));
        }
        return over;
    }

    @Override
    public Object visitFunction(SqmFunction<?> function) {
        if (function instanceof SqmAggregateFunction<?>) {
            aggregates.add(function);
        } else {
            function.getArguments().forEach(argument -> argument.accept(this));
        }
        return function;
    }

    @Override
    public Object visitSubQueryExpression(SqmSubQuery<?> expression) {
        return expression;
    }
}
