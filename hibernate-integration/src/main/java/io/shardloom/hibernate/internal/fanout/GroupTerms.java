package io.shardloom.hibernate.internal.fanout;

import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.hibernate.query.sqm.BinaryArithmeticOperator;
import org.hibernate.query.sqm.UnaryArithmeticOperator;
import org.hibernate.query.sqm.tree.expression.SqmAggregateFunction;
import org.hibernate.query.sqm.tree.expression.SqmBinaryArithmetic;
import org.hibernate.query.sqm.tree.expression.SqmCaseSearched;
import org.hibernate.query.sqm.tree.expression.SqmCastTarget;
import org.hibernate.query.sqm.tree.expression.SqmCoalesce;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmFunction;
import org.hibernate.query.sqm.tree.expression.SqmLiteral;
import org.hibernate.query.sqm.tree.expression.SqmUnaryOperation;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tree.select.SqmSubQuery;
import org.jspecify.annotations.Nullable;

/**
 * Turns expressions over aggregates into terms. A part without an aggregate is left to the nodes; what is computed of
 * aggregates must be arithmetic, a comparison or a choice on exactly known types.
 */
final class GroupTerms {
    private final SqmQuerySpec<?> spec;
    private final GroupColumns columns;
    private final List<SqmSelectableNode<?>> groups;
    private final GroupedReferences references;

    GroupTerms(
            SqmQuerySpec<?> spec,
            GroupColumns columns,
            List<SqmSelectableNode<?>> groups,
            GroupedReferences references) {
        this.spec = spec;
        this.columns = columns;
        this.groups = groups;
        this.references = references;
    }

    /** Returns what is null where an expression is. */
    Term nullness(SqmSelectableNode<?> node) {
        return term(references.grouped(node));
    }

    Term term(SqmSelectableNode<?> node) {
        var real = node instanceof SqmExpression<?> expression ? NodeColumns.selected(spec, expression) : node;
        if (groups.contains(real) || !hasAggregate(real)) {
            return real instanceof SqmLiteral<?> literal && !groups.contains(real)
                    ? literal(literal)
                    : columns.same(real);
        }
        if (real instanceof SqmFunction<?> function && function instanceof SqmAggregateFunction<?>) {
            if (columns.isRanked(function)) {
                throw refused(real);
            }
            return columns.aggregate(function);
        }
        if (real instanceof SqmBinaryArithmetic<?> arithmetic) {
            return arithmetic(arithmetic);
        }
        if (real instanceof SqmUnaryOperation<?> sign) {
            var operand = number(term(sign.getOperand()), sign);
            return sign.getOperation() == UnaryArithmeticOperator.UNARY_MINUS
                    ? Term.number(kind(operand), zeroMinus(operand))
                    : operand;
        }
        if (real instanceof SqmCaseSearched<?> choice) {
            return choice(choice);
        }
        if (real instanceof SqmCoalesce<?> coalesce) {
            return coalesce(coalesce, coalesce.getArguments());
        }
        if (real instanceof SqmFunction<?> function) {
            return function(function);
        }
        throw refused(real);
    }

    private static Term.Value zeroMinus(Term operand) {
        var kind = kind(operand);
        return (group, parameters) -> {
            var value = operand.value().of(group, parameters);
            if (value == null) {
                return null;
            }
            return kind == NumberKind.NUMERIC
                    ? NumberKind.decimal(value).negate()
                    : kind.isFloat()
                            ? -((Number) value).doubleValue()
                            : (Object) Math.negateExact(((Number) value).longValue());
        };
    }

    static boolean hasAggregate(SqmSelectableNode<?> node) {
        var found = new boolean[1];
        node.accept(new SelectWalker() {
            @Override
            public Object visitFunction(SqmFunction<?> function) {
                found[0] |= function instanceof SqmAggregateFunction<?>;
                return super.visitFunction(function);
            }

            @Override
            public Object visitSubQueryExpression(SqmSubQuery<?> query) {
                return query;
            }
        });
        return found[0];
    }

    private static Term literal(SqmLiteral<?> literal) {
        var number = NumberKinds.number(literal);
        var kind = NumberKinds.kindOfLiteral(literal);
        Object value = number == null || kind == null ? Constants.literal(literal) : kind.of(number);
        return new Term(kind, null, (group, parameters) -> value);
    }

    private Term arithmetic(SqmBinaryArithmetic<?> arithmetic) {
        var left = number(term(arithmetic.getLeftHandOperand()), arithmetic);
        var right = number(term(arithmetic.getRightHandOperand()), arithmetic);
        var operator = arithmetic.getOperator();
        var kind = NumberKind.common(kind(left), kind(right));
        if (kind == null || (operator == BinaryArithmeticOperator.MODULO && kind.isFloat())) {
            throw refused(arithmetic);
        }
        return Term.number(kind, (group, parameters) -> {
            var a = left.value().of(group, parameters);
            var b = right.value().of(group, parameters);
            return a == null || b == null ? null : kind.compute(operator, a, b);
        });
    }

    private static NumberKind kind(Term term) {
        if (term.kind() == null) {
            throw new IllegalStateException("no number");
        }
        return term.kind();
    }

    private static Term number(Term term, SqmSelectableNode<?> of) {
        if (term.kind() == null) {
            throw refused(of);
        }
        return term;
    }

    private Term choice(SqmCaseSearched<?> choice) {
        var conditions = new ArrayList<Term.Value>();
        var results = new ArrayList<Term>();
        for (var when : choice.getWhenFragments()) {
            conditions.add(new GroupConditions(this).condition(when.getPredicate()));
            results.add(term(when.getResult()));
        }
        if (choice.getOtherwise() != null) {
            results.add(term(choice.getOtherwise()));
        }
        var kind = commonKind(results, choice);
        return Term.number(kind, (group, parameters) -> {
            for (int i = 0; i < conditions.size(); i++) {
                if (Boolean.TRUE.equals(conditions.get(i).of(group, parameters))) {
                    return of(kind, results.get(i).value().of(group, parameters));
                }
            }
            return results.size() > conditions.size()
                    ? of(kind, results.get(results.size() - 1).value().of(group, parameters))
                    : null;
        });
    }

    private Term coalesce(SqmSelectableNode<?> node, List<? extends SqmExpression<?>> arguments) {
        var terms = new ArrayList<Term>();
        arguments.forEach(argument -> terms.add(term((SqmSelectableNode<?>) argument)));
        var kind = commonKind(terms, node);
        return Term.number(kind, (group, parameters) -> {
            for (var term : terms) {
                var value = term.value().of(group, parameters);
                if (value != null) {
                    return of(kind, value);
                }
            }
            return null;
        });
    }

    private static @Nullable Object of(NumberKind kind, @Nullable Object value) {
        return value == null ? null : kind.of(value);
    }

    /** Returns the type that numbers are brought to; of other values Java does not know the class. */
    private static NumberKind commonKind(List<Term> terms, SqmSelectableNode<?> node) {
        @Nullable NumberKind kind = terms.get(0).kind();
        for (var term : terms) {
            kind = NumberKinds.common(kind, term.kind());
        }
        if (kind == null) {
            throw refused(node);
        }
        return kind;
    }

    @SuppressWarnings("unchecked")
    private Term function(SqmFunction<?> function) {
        var arguments = function.getArguments();
        var name = function.getFunctionName().toLowerCase(Locale.ROOT);
        if (name.equals("coalesce")) {
            return coalesce(function, (List<? extends SqmExpression<?>>) arguments);
        }
        if (!(arguments.get(0) instanceof SqmExpression<?> first)) {
            throw refused(function);
        }
        return switch (name) {
            case "abs" -> {
                var value = number(term(first), function);
                var negative = zeroMinus(value);
                yield Term.number(kind(value), (group, parameters) -> {
                    var number = value.value().of(group, parameters);
                    if (number != null && kind(value).isFloat()) {
                        return Math.abs(((Number) number).doubleValue()); // of the negative zero too
                    }
                    return number != null && NumberKind.compare(number, 0L) < 0
                            ? negative.of(group, parameters)
                            : number;
                });
            }
            case "nullif" -> {
                var value = term(first);
                var other = term((SqmSelectableNode<?>) arguments.get(1));
                var order = GroupConditions.order(value, other, function);
                yield new Term(value.kind(), value.type(), (group, parameters) -> {
                    var a = value.value().of(group, parameters);
                    var b = other.value().of(group, parameters);
                    return a != null && b != null && order.compare(a, b) == 0 ? null : a;
                });
            }
            case "round" -> round(function, first);
            case "cast" -> cast(function, first);
            default -> throw refused(function);
        };
    }

    private Term round(SqmFunction<?> function, SqmExpression<?> first) {
        var value = number(term(first), function);
        var arguments = function.getArguments();
        if (value.kind() != NumberKind.NUMERIC) {
            throw refused(function);
        }
        var scale = arguments.size() < 2 ? null : (SqmExpression<?>) arguments.get(1);
        if (scale != null && !Constants.isConstant(scale)) {
            throw refused(function);
        }
        return Term.number(NumberKind.NUMERIC, (group, parameters) -> {
            var number = value.value().of(group, parameters);
            int digits = scale == null
                    ? 0
                    : ((Number) Objects.requireNonNull(Constants.value(scale, parameters))).intValue();
            return number == null
                    ? null
                    : NumberKind.decimal(number)
                            .setScale(digits, RoundingMode.HALF_UP)
                            .setScale(Math.max(digits, 0));
        });
    }

    private Term cast(SqmFunction<?> function, SqmExpression<?> first) {
        var value = number(term(first), function);
        var kind =
                function.getArguments().get(1) instanceof SqmCastTarget<?> target ? NumberKinds.castTo(target) : null;
        if (kind == null) {
            throw refused(function);
        }
        return Term.number(kind, (group, parameters) -> {
            var number = value.value().of(group, parameters);
            return number == null ? null : NumberKind.cast(number, kind);
        });
    }

    static final String WHY =
            "only arithmetic, comparisons, case, coalesce, nullif, abs, round and cast on types that are known exactly are";

    static RuntimeException refused(SqmSelectableNode<?> node) {
        return Refusals.part("'" + NodeColumns.text(node) + "' is computed of aggregates over keys", "in Java " + WHY);
    }
}
