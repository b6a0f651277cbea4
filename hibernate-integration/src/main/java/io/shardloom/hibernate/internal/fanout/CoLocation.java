package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.fanout.Elements.Element;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.query.sqm.ComparisonOperator;
import org.hibernate.query.sqm.tree.domain.SqmCorrelation;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmTuple;
import org.hibernate.query.sqm.tree.from.SqmAttributeJoin;
import org.hibernate.query.sqm.tree.from.SqmFrom;
import org.hibernate.query.sqm.tree.predicate.SqmComparisonPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmInSubQueryPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmPredicate;
import org.hibernate.query.sqm.tree.select.SqmQueryGroup;
import org.hibernate.query.sqm.tree.select.SqmQueryPart;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tree.select.SqmSubQuery;
import org.jspecify.annotations.Nullable;

/**
 * Proves that every row of a select, with all rows it is joined to and all rows its sub-queries look at, comes from one
 * node; what is not proved is refused.
 *
 * <p>The rows of two elements are on one node if their shard keys are equal: by an association inside a group, which is
 * made of the key, or by a condition that both keys, or both rows, are equal. Rows of reference tables are everywhere.
 */
final class CoLocation {
    private final Paths paths;
    private final Elements elements;
    private final Proof proof;
    private final List<Element> sharded = new ArrayList<>();
    private final Map<Object, SqmFrom<?, ?>> pinned;
    private final List<SqmPredicate> conditions = new ArrayList<>();
    private @Nullable String local;

    private CoLocation(Paths paths, SqmQuerySpec<?> spec, Proof proof, Map<Object, SqmFrom<?, ?>> pinned) {
        this.paths = paths;
        this.elements = new Elements(spec);
        this.proof = proof;
        this.pinned = pinned;
        elements.all().forEach(this::addElement);
        var where = spec.getWhereClause();
        Conditions.forEach(where == null ? null : where.getPredicate(), conditions::add);
        boolean keepsLater = elements.all().stream().anyMatch(Element::keepsItsOwnRows);
        for (var element : elements.all()) {
            if (element.isOuter() || keepsLater) {
                Conditions.forEach(element.on, condition -> prove(condition, element.from));
            } else {
                Conditions.forEach(element.on, conditions::add);
            }
        }
        conditions.forEach(condition -> prove(condition, null));
    }

    /** Proves it of a select that stands by itself. */
    static CoLocation of(Paths paths, SqmQuerySpec<?> spec) {
        var proved = new CoLocation(paths, spec, new Proof(), new HashMap<>());
        proved.checkElements();
        spec.accept(proved.new SubQueries());
        return proved;
    }

    /** Returns the first element whose rows are spread by a key, null if there is none. */
    @Nullable
    Element carrier() {
        return sharded.isEmpty() ? null : sharded.get(0);
    }

    /** Returns the node of the local tables, null if there are none. */
    @Nullable
    String localNode() {
        return local;
    }

    EntityHome.Sharded home(Element element) {
        var home = paths.sharded(element.from);
        if (home == null) {
            throw new IllegalStateException(element.from + " is not sharded");
        }
        return home;
    }

    /** Returns the conditions every row fulfils. */
    List<SqmPredicate> conditions() {
        return conditions;
    }

    /** Tells whether an expression has another value on each node: it is a key, a row, or a row's id, and never null. */
    boolean tellsNode(SqmSelectableNode<?> node) {
        if (!(node instanceof SqmExpression<?> expression)) {
            return false;
        }
        var key = paths.key(expression);
        if (key == null) {
            key = paths.row(expression);
        }
        if (key == null || !key.direct()) {
            return false;
        }
        for (var element : sharded) {
            if (element.from == key.from()) {
                return !element.nullable;
            }
        }
        return false;
    }

    private void addElement(Element element) {
        if (element.from instanceof SqmCorrelation<?, ?>) {
            proof.same(element.from, Paths.from(element.from));
        }
        var entity = paths.entity(element.from);
        if (element.from instanceof SqmAttributeJoin<?, ?> join) {
            addJoined(element, join, entity == null ? null : paths.home(entity));
        } else if (entity == null) {
            throw Refusals.part(
                    "'" + element.from.getNavigablePath() + "' is no entity", "only entities say where their rows are");
        } else {
            addHome(element, paths.home(entity));
        }
    }

    private void addJoined(Element element, SqmAttributeJoin<?, ?> join, @Nullable EntityHome home) {
        var owner = Paths.from(join.getLhs());
        if (home == null || home instanceof EntityHome.Sharded) {
            proof.same(element.from, owner);
        }
        if (home != null) {
            addHome(element, home);
        }
    }

    private void addHome(Element element, @Nullable EntityHome home) {
        if (home instanceof EntityHome.Sharded) {
            sharded.add(element);
        } else if (home instanceof EntityHome.Local here) {
            local = here.node();
        }
    }

    /** Draws what a condition proves; of the predicate of an outer join only what it says of the joined rows. */
    private void prove(SqmPredicate condition, @Nullable SqmFrom<?, ?> joined) {
        if (condition instanceof SqmComparisonPredicate comparison
                && !comparison.isNegated()
                && (comparison.getSqmOperator() == ComparisonOperator.EQUAL
                        || comparison.getSqmOperator() == ComparisonOperator.NOT_DISTINCT_FROM)) {
            proveEqual(comparison.getLeftHandExpression(), comparison.getRightHandExpression(), joined);
        }
    }

    private void proveEqual(SqmExpression<?> a, SqmExpression<?> b, @Nullable SqmFrom<?, ?> joined) {
        if (a instanceof SqmTuple<?> left && b instanceof SqmTuple<?> right) {
            var lefts = left.getGroupedExpressions();
            var rights = right.getGroupedExpressions();
            for (int i = 0; i < Math.min(lefts.size(), rights.size()); i++) {
                proveEqual(lefts.get(i), rights.get(i), joined);
            }
            return;
        }
        var left = paths.key(a);
        var right = paths.key(b);
        if (left == null && right == null) {
            left = paths.row(a);
            right = paths.row(b);
        }
        if (left != null && right != null) {
            if ((joined == null || left.from() == joined || right.from() == joined) && sameGroup(left, right)) {
                proof.same(left.from(), right.from());
            }
        } else if (left != null) {
            pin(left, b, joined);
        } else if (right != null) {
            pin(right, a, joined);
        }
    }

    private void pin(Paths.Key key, SqmExpression<?> value, @Nullable SqmFrom<?, ?> joined) {
        if (joined != null && key.from() != joined) {
            return;
        }
        var constant = Constants.identity(value);
        if (constant != null) {
            var before = pinned.putIfAbsent(constant, key.from());
            if (before != null && sameGroup(key, new Paths.Key(before, true))) {
                proof.same(key.from(), before);
            }
        }
    }

    private boolean sameGroup(Paths.Key a, Paths.Key b) {
        var left = paths.sharded(a.from());
        var right = paths.sharded(b.from());
        return left != null && right != null && left.group().equals(right.group());
    }

    private void checkElements() {
        var carrier = carrier();
        if (carrier == null) {
            return;
        }
        if (local != null) {
            throw Refusals.part(
                    "it joins sharded rows and rows of a local table", "the local table is on node " + local + " only");
        }
        for (var element : sharded) {
            requireSame(element, carrier.from);
        }
        boolean everyRowHasAKey = sharded.stream().anyMatch(element -> !element.nullable)
                || elements.all().stream()
                        .filter(element ->
                                element.keepsItsOwnRows() || !(element.from instanceof SqmAttributeJoin<?, ?>))
                        .allMatch(element -> isSpread(element.from));
        if (!everyRowHasAKey) {
            throw Refusals.part(
                    "an outer join keeps rows of a reference table that have no sharded row beside them",
                    "each node would answer them for itself");
        }
    }

    /** Tells whether rows are spread by a key: those of a sharded entity and of what its tables hold. */
    private boolean isSpread(SqmFrom<?, ?> from) {
        var entity = paths.entity(from);
        return (entity == null && from instanceof SqmAttributeJoin<?, ?> join)
                ? isSpread(Paths.from(join.getLhs()))
                : paths.sharded(from) != null;
    }

    private void requireSame(Element element, SqmFrom<?, ?> carrier) {
        if (!proof.areSame(element.from, carrier)) {
            throw Refusals.part(
                    "nothing says that " + describe(element.from) + " has the same shard key as " + describe(carrier),
                    "rows that belong together may be on different nodes; join them by an association or by the equality of"
                            + " both keys");
        }
    }

    private String describe(SqmFrom<?, ?> from) {
        var entity = paths.entity(from);
        var name = entity == null ? from.getNavigablePath().toString() : entity.getEntityName();
        var alias = from.getExplicitAlias();
        return name.substring(name.lastIndexOf('.') + 1) + (alias == null ? "" : " " + alias);
    }

    /** Proves of every sub-query that it looks at rows of the outer row's key only. */
    private final class SubQueries extends SelectWalker {
        @Override
        public Object visitInSubQueryPredicate(SqmInSubQueryPredicate<?> predicate) {
            predicate.getTestExpression().accept(this);
            prove(predicate.getSubQueryExpression(), new Tested(predicate.getTestExpression(), isCondition(predicate)));
            return predicate;
        }

        @Override
        public Object visitSubQueryExpression(SqmSubQuery<?> expression) {
            prove(expression, null);
            return expression;
        }

        private boolean isCondition(SqmInSubQueryPredicate<?> predicate) {
            return !predicate.isNegated() && conditions.stream().anyMatch(condition -> condition == predicate);
        }

        private void prove(SqmSubQuery<?> query, @Nullable Tested tested) {
            if (!query.getCteStatements().isEmpty()) {
                throw Refusals.part("a sub-query has a common table expression", "its rows are spread over the nodes");
            }
            prove(query.getQueryPart(), tested);
        }

        private void prove(SqmQueryPart<?> part, @Nullable Tested tested) {
            if (part instanceof SqmQueryGroup<?> group) {
                group.getQueryParts().forEach(each -> prove(each, tested));
            } else if (part instanceof SqmQuerySpec<?> spec) {
                var inner = new CoLocation(paths, spec, proof.within(), new HashMap<>(pinned));
                if (tested != null) {
                    inner.proveTested(spec, tested, CoLocation.this);
                }
                inner.checkWithin(CoLocation.this);
                spec.accept(inner.new SubQueries());
            }
        }
    }

    /**
     * The left side of an {@code in}.
     *
     * @param value the expression
     * @param isCondition whether only rows for which the {@code in} is true stay
     */
    private record Tested(SqmExpression<?> value, boolean isCondition) {}

    /**
     * The value of an {@code in} is equal to one that is selected; values of other keys make it neither true nor, where none
     * is null, unknown.
     */
    private void proveTested(SqmQuerySpec<?> spec, Tested tested, CoLocation outer) {
        var selections = spec.getSelectClause().getSelections();
        if (spec.getFetchExpression() != null || spec.getOffsetExpression() != null || Windows.areIn(spec)) {
            return;
        }
        var values =
                tested.value() instanceof SqmTuple<?> tuple ? tuple.getGroupedExpressions() : List.of(tested.value());
        for (int i = 0; i < selections.size() && values.size() == selections.size(); i++) {
            if (selections.get(i).getSelectableNode() instanceof SqmExpression<?> selected
                    && (tested.isCondition() || (outer.tellsNode(values.get(i)) && tellsNode(selected)))) {
                proveEqual(values.get(i), selected, null);
            }
        }
    }

    private void checkWithin(CoLocation outer) {
        if (local != null && !local.equals(outer.local)) {
            throw Refusals.part("a sub-query reads a local table", "it is on node " + local + " only");
        }
        if (sharded.isEmpty()) {
            if (outer.carrier() != null) {
                sharded.addAll(outer.sharded);
            }
            return;
        }
        var carrier = outer.carrier();
        if (carrier == null) {
            throw Refusals.part(
                    "a sub-query reads the sharded rows of " + describe(sharded.get(0).from)
                            + " for rows that are not sharded",
                    "each node would answer it from its own rows");
        }
        for (var element : sharded) {
            requireSame(element, carrier.from);
        }
    }

    /** Tells whether every row has one and the same key, because a condition gives it. */
    boolean isPinned() {
        return conditions.stream()
                .anyMatch(condition -> condition instanceof SqmComparisonPredicate comparison
                        && !comparison.isNegated()
                        && comparison.getSqmOperator() == ComparisonOperator.EQUAL
                        && (pins(comparison.getLeftHandExpression(), comparison.getRightHandExpression())
                                || pins(comparison.getRightHandExpression(), comparison.getLeftHandExpression())));
    }

    private boolean pins(SqmExpression<?> key, SqmExpression<?> constant) {
        return key instanceof SqmPath<?> path
                && paths.key(key) != null
                && isOfCarrier(path)
                && Constants.isConstant(constant);
    }

    boolean isOfCarrier(SqmPath<?> path) {
        var carrier = carrier();
        return carrier != null && proof.areSame(Paths.from(path), carrier.from);
    }
}
