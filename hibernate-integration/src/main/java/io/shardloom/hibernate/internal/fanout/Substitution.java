package io.shardloom.hibernate.internal.fanout;

import java.util.List;
import java.util.function.Supplier;
import org.hibernate.metamodel.mapping.BasicValuedMapping;
import org.hibernate.metamodel.model.domain.ReturnableType;
import org.hibernate.query.sqm.function.SelfRenderingSqmAggregateFunction;
import org.hibernate.query.sqm.function.SelfRenderingSqmFunction;
import org.hibernate.query.sqm.function.SelfRenderingSqmOrderedSetAggregateFunction;
import org.hibernate.query.sqm.produce.function.FunctionReturnTypeResolver;
import org.hibernate.query.sqm.sql.SqmToSqlAstConverter;
import org.hibernate.query.sqm.tree.SqmCopyContext;
import org.hibernate.query.sqm.tree.SqmTypedNode;
import org.hibernate.query.sqm.tree.domain.SqmBasicValuedSimplePath;
import org.hibernate.query.sqm.tree.domain.SqmFunctionRoot;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.hibernate.sql.ast.tree.SqlAstNode;
import org.hibernate.sql.ast.tree.expression.Expression;
import org.hibernate.type.BasicType;
import org.hibernate.type.spi.TypeConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Copies expressions and puts columns in the place of some nodes. A copy must be of its original's class, so a function becomes one of
 * the same class that is translated to the column.
 */
final class Substitution implements SqmCopyContext {
    private final SqmCopyContext copies = SqmCopyContext.simpleContext();
    private final List<SqmExpression<?>> nodes;
    private final SqmFunctionRoot<?> rows;

    /**
     * Creates it.
     *
     * @param nodes each stands for the column of its place
     * @param rows whose columns they are
     * @param around the statement around them, which is not copied with the sub-queries in it
     */
    Substitution(List<SqmExpression<?>> nodes, SqmFunctionRoot<?> rows, SqmSelectStatement<?> around) {
        this.nodes = nodes;
        this.rows = rows;
        copies.registerCopy(around, around);
    }

    /** Returns the column of a node, or a copy of it with columns in it. */
    SqmExpression<?> of(SqmExpression<?> node) {
        int place = nodes.indexOf(node);
        return place < 0 ? node.copy(this) : rows.get(GivenRows.name(place));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T getCopy(T original) {
        var copy = copies.getCopy(original);
        int place = copy == null && original instanceof SqmExpression<?> node ? nodes.indexOf(node) : -1;
        if (place < 0) {
            return copy;
        }
        return (T) copies.registerCopy((Object) original, substitute(original, rows.get(GivenRows.name(place))));
    }

    @Override
    public <T> T registerCopy(T original, T copy) {
        return copies.registerCopy(original, copy);
    }

    private static Object substitute(Object original, SqmPath<?> column) {
        if (original instanceof SelfRenderingSqmOrderedSetAggregateFunction<?> function) {
            return new OrderedAggregate<>(function, column);
        }
        if (original instanceof SelfRenderingSqmAggregateFunction<?> function) {
            return new Aggregate<>(function, column);
        }
        if (original instanceof SelfRenderingSqmFunction<?> function) {
            return new Function<>(function, column);
        }
        if (original instanceof SqmBasicValuedSimplePath<?>) {
            return column;
        }
        throw Refusals.part(
                "it computes something of '" + ((SqmExpression<?>) original).toHqlString() + "', by which it groups",
                "Shardloom does not see it as one value; group by a derived table's column");
    }

    private record Fixed(BasicType<?> type) implements FunctionReturnTypeResolver {
        static Fixed of(SqmTypedNode<?> node) {
            if (node.getNodeType() != null && node.getNodeType().getSqmType() instanceof BasicType<?> basic) {
                return new Fixed(basic);
            }
            throw new IllegalStateException(node + " is of no basic type");
        }

        @Override
        public ReturnableType<?> resolveFunctionReturnType(
                @Nullable ReturnableType<?> implied,
                @Nullable SqmToSqlAstConverter converter,
                List<? extends SqmTypedNode<?>> arguments,
                TypeConfiguration types) {
            return (ReturnableType<?>) type;
        }

        @Override
        public BasicValuedMapping resolveFunctionReturnType(
                Supplier<BasicValuedMapping> implied, List<? extends SqlAstNode> arguments) {
            return type;
        }
    }

    private static final class Function<T> extends SelfRenderingSqmFunction<T> {
        private final SqmPath<?> column;

        Function(SelfRenderingSqmFunction<T> of, SqmPath<?> column) {
            super(
                    of.getFunctionDescriptor(),
                    of.getFunctionRenderer(),
                    List.of(column),
                    null,
                    null,
                    Fixed.of(of),
                    of.nodeBuilder(),
                    of.getFunctionName());
            this.column = column;
        }

        @Override
        public SelfRenderingSqmFunction<T> copy(SqmCopyContext context) {
            return this;
        }

        @Override
        public Expression convertToSqlAst(SqmToSqlAstConverter walker) {
            return (Expression) column.accept(walker);
        }
    }

    private static final class Aggregate<T> extends SelfRenderingSqmAggregateFunction<T> {
        private final SqmPath<?> column;

        Aggregate(SelfRenderingSqmAggregateFunction<T> of, SqmPath<?> column) {
            super(
                    of.getFunctionDescriptor(),
                    of.getFunctionRenderer(),
                    List.of(column),
                    null,
                    null,
                    null,
                    Fixed.of(of),
                    of.nodeBuilder(),
                    of.getFunctionName());
            this.column = column;
        }

        @Override
        public SelfRenderingSqmAggregateFunction<T> copy(SqmCopyContext context) {
            return this;
        }

        @Override
        public Expression convertToSqlAst(SqmToSqlAstConverter walker) {
            return (Expression) column.accept(walker);
        }
    }

    private static final class OrderedAggregate<T> extends SelfRenderingSqmOrderedSetAggregateFunction<T> {
        private final SqmPath<?> column;

        OrderedAggregate(SelfRenderingSqmOrderedSetAggregateFunction<T> of, SqmPath<?> column) {
            super(
                    of.getFunctionDescriptor(),
                    of.getFunctionRenderer(),
                    List.of(column),
                    null,
                    null,
                    null,
                    null,
                    Fixed.of(of),
                    of.nodeBuilder(),
                    of.getFunctionName());
            this.column = column;
        }

        @Override
        public SelfRenderingSqmOrderedSetAggregateFunction<T> copy(SqmCopyContext context) {
            return this;
        }

        @Override
        public Expression convertToSqlAst(SqmToSqlAstConverter walker) {
            return (Expression) column.accept(walker);
        }
    }
}
