package io.shardloom.hibernate.internal.fanout;

import java.util.List;
import java.util.function.Supplier;
import org.hibernate.metamodel.mapping.BasicValuedMapping;
import org.hibernate.metamodel.model.domain.ReturnableType;
import org.hibernate.query.sqm.SemanticQueryWalker;
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
import org.hibernate.query.sqm.tree.expression.SqmBinaryArithmetic;
import org.hibernate.query.sqm.tree.expression.SqmCaseSearched;
import org.hibernate.query.sqm.tree.expression.SqmCaseSimple;
import org.hibernate.query.sqm.tree.expression.SqmCoalesce;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmUnaryOperation;
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
        if (original instanceof SqmBinaryArithmetic<?> arithmetic) {
            return new Arithmetic<>(arithmetic, column);
        }
        if (original instanceof SqmUnaryOperation<?> sign) {
            return signed(sign, column);
        }
        if (original instanceof SqmCaseSearched<?> choice) {
            return new Searched<>(choice, column);
        }
        if (original instanceof SqmCaseSimple<?, ?> choice) {
            return new Simple<>(choice, column);
        }
        if (original instanceof SqmCoalesce<?> coalesce) {
            return new Coalesced<>(coalesce, column);
        }
        throw Refusals.part(
                "it computes something of '" + ((SqmExpression<?>) original).toHqlString() + "', by which it groups",
                "Shardloom does not see it as one value; group by a derived table's column");
    }

    /** Tells whether a column can be in the place of a node. */
    static boolean isPossible(SqmExpression<?> node) {
        return node instanceof SelfRenderingSqmFunction<?>
                || node instanceof SqmBasicValuedSimplePath<?>
                || node instanceof SqmBinaryArithmetic<?>
                || node instanceof SqmUnaryOperation<?>
                || node instanceof SqmCaseSearched<?>
                || node instanceof SqmCaseSimple<?, ?>
                || node instanceof SqmCoalesce<?>;
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

    private static final class Arithmetic<T> extends SqmBinaryArithmetic<T> {
        private final SqmPath<?> column;

        Arithmetic(SqmBinaryArithmetic<T> of, SqmPath<?> column) {
            super(of.getOperator(), column, column, of.getNodeType(), of.nodeBuilder());
            this.column = column;
        }

        @Override
        public SqmBinaryArithmetic<T> copy(SqmCopyContext context) {
            return this;
        }

        @Override
        public <X> X accept(SemanticQueryWalker<X> walker) {
            return column.accept(walker);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> Signed<T> signed(SqmUnaryOperation<T> of, SqmPath<?> column) {
        return new Signed<>(of, (SqmPath<T>) column);
    }

    private static final class Signed<T> extends SqmUnaryOperation<T> {
        Signed(SqmUnaryOperation<T> of, SqmPath<T> column) {
            super(of.getOperation(), column, of.getNodeType(), of.nodeBuilder());
        }

        @Override
        public SqmUnaryOperation<T> copy(SqmCopyContext context) {
            return this;
        }

        @Override
        public <X> X accept(SemanticQueryWalker<X> walker) {
            return getOperand().accept(walker);
        }
    }

    private static final class Searched<T> extends SqmCaseSearched<T> {
        private final SqmPath<?> column;

        Searched(SqmCaseSearched<T> of, SqmPath<?> column) {
            super(of.getNodeType(), of.nodeBuilder());
            this.column = column;
        }

        @Override
        public SqmCaseSearched<T> copy(SqmCopyContext context) {
            return this;
        }

        @Override
        public <X> X accept(SemanticQueryWalker<X> walker) {
            return column.accept(walker);
        }
    }

    private static final class Simple<S, T> extends SqmCaseSimple<S, T> {
        private final SqmPath<?> column;

        Simple(SqmCaseSimple<S, T> of, SqmPath<?> column) {
            super(of.getFixture(), of.getNodeType(), of.nodeBuilder());
            this.column = column;
        }

        @Override
        public SqmCaseSimple<S, T> copy(SqmCopyContext context) {
            return this;
        }

        @Override
        public <X> X accept(SemanticQueryWalker<X> walker) {
            return column.accept(walker);
        }
    }

    private static final class Coalesced<T> extends SqmCoalesce<T> {
        private final SqmPath<?> column;

        Coalesced(SqmCoalesce<T> of, SqmPath<?> column) {
            super(of.getNodeType(), of.nodeBuilder());
            this.column = column;
        }

        @Override
        public SqmCoalesce<T> copy(SqmCopyContext context) {
            return this;
        }

        @Override
        public <X> X accept(SemanticQueryWalker<X> walker) {
            return column.accept(walker);
        }
    }
}
