package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import java.util.Locale;
import java.util.Set;
import org.hibernate.query.sqm.tree.expression.SqmFunction;
import org.hibernate.query.sqm.tree.expression.SqmSetReturningFunction;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;

/** Refuses functions whose value depends on the node that computes it. */
final class Functions extends SelectWalker {
    private static final Set<String> CLOCK = Set.of(
            "current_date",
            "current_time",
            "current_timestamp",
            "current_instant",
            "instant",
            "now",
            "localtime",
            "local_date",
            "local_time",
            "local_datetime",
            "offset_datetime",
            "localtimestamp",
            "statement_timestamp");
    private static final Set<String> UNSEEN = Set.of("sql", "column", "rand", "random");

    private static final Set<String> ROWS = Set.of("unnest", "generate_series", "json_table", "xmltable");

    private final ShardSessionFactory factory;

    private Functions(ShardSessionFactory factory) {
        this.factory = factory;
    }

    static void check(ShardSessionFactory factory, SqmSelectStatement<?> select) {
        select.accept(new Functions(factory));
    }

    @Override
    public Object visitFunction(SqmFunction<?> function) {
        var name = function.getFunctionName().toLowerCase(Locale.ROOT);
        if (CLOCK.contains(name)) {
            throw Refusals.part("it calls " + name, "each node has a clock of its own; bind the time as a parameter");
        }
        if (UNSEEN.contains(name)
                || (!name.equals("not")
                        && factory.getQueryEngine().getSqmFunctionRegistry().findFunctionDescriptor(name) == null)) {
            throw Refusals.part("it calls " + name, "its value may be another one on each node");
        }
        return super.visitFunction(function);
    }

    @Override
    public Object visitSetReturningFunction(SqmSetReturningFunction<?> function) {
        var name = function.getFunctionName().toLowerCase(Locale.ROOT);
        if (!ROWS.contains(name)) {
            throw Refusals.part("it reads the rows of " + name, "they may be others on each node");
        }
        return super.visitSetReturningFunction(function);
    }
}
