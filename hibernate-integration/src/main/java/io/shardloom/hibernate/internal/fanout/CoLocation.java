package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.fanout.Elements.Element;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
    private final Pins pins;
    private final Equalities equalities;
    private final List<SqmPredicate> conditions = new ArrayList<>();
    private final SqmQuerySpec<?> spec;
    private final @Nullable CoLocation outer;
    private final DerivedTables derived;
    private @Nullable String local;

    private CoLocation(Paths paths, SqmQuerySpec<?> spec, Proof proof, @Nullable CoLocation outer) {
        this.paths = paths;
        this.spec = spec;
        this.elements = new Elements(spec);
        this.proof = proof;
        this.pins = outer == null ? new Pins(proof) : outer.pins.within(proof);
        this.equalities = new Equalities(paths, proof, pins, this::isNeverNull);
        this.outer = outer;
        this.derived = new DerivedTables(this);
        elements.all().forEach(this::addElement);
        var where = spec.getWhereClause();
        Conditions.forEach(where == null ? null : where.getPredicate(), conditions::add);
        boolean keepsLater = elements.all().stream().anyMatch(Element::keepsItsOwnRows);
        for (var element : elements.all()) {
            if (element.isOuter() || keepsLater) {
                Conditions.forEach(element.on, condition -> equalities.prove(condition, element.from));
            } else {
                Conditions.forEach(element.on, conditions::add);
            }
        }
        conditions.forEach(condition -> equalities.prove(condition, null));
        elements.all().forEach(derived::resolve);
    }

    /** Proves it of a select that stands by itself. */
    static CoLocation of(Paths paths, SqmQuerySpec<?> spec) {
        var proved = new CoLocation(paths, spec, new Proof(), null);
        proved.check();
        return proved;
    }

    /** Proves it of a select inside this one. What holds of the elements of this one holds there. */
    CoLocation within(SqmQuerySpec<?> select) {
        return new CoLocation(paths, select, proof.within(), this);
    }

    /** Refuses a select whose rows, with all that they are joined to, are not proved to be of one node. */
    void check() {
        checkElements();
        checkSubQueries();
    }

    void checkSubQueries() {
        spec.accept(new SubQueries());
    }

    /** Returns the select that this one is in, null for none. */
    @Nullable
    CoLocation outer() {
        return outer;
    }

    /** Returns what is known of the queries in the from clause. */
    DerivedTables derived() {
        return derived;
    }

    /** Tells whether all sharded rows have the key of the rows of an element of the outer select. */
    boolean isTiedTo(SqmFrom<?, ?> element) {
        return !sharded.isEmpty() && sharded.stream().allMatch(each -> proof.areSame(each.from, element));
    }

    /** Takes the rows of an element for rows of the key of another. */
    void tie(SqmFrom<?, ?> element, SqmFrom<?, ?> other) {
        proof.same(element, other);
    }

    /** Takes the rows of a query for rows that are spread by a key. */
    void spread(Element element, String group, @Nullable Object pin) {
        sharded.add(element);
        if (pin != null) {
            pins.add(new Paths.Key(element.from, true, group), pin, !element.nullable);
        }
    }

    /** Takes the rows of a query for rows of local tables. */
    void isAt(String node) {
        local = node;
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

    /** Returns the group by whose key the rows are spread, null if they are not. */
    @Nullable
    String group() {
        var carrier = carrier();
        return carrier == null ? null : group(carrier.from);
    }

    private String group(SqmFrom<?, ?> from) {
        var home = paths.sharded(from);
        return home == null ? derived.group(from) : home.group();
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
        if (expression instanceof SqmPath<?> path && paths.isDerived(path)) {
            var from = paths.from(path);
            return derived.tellsNode(from, paths.column(path))
                    && sharded.stream().anyMatch(element -> element.from == from && !element.nullable);
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

    /** Tells whether every row has a key: not over an association, nor of an element that an outer join may leave empty. */
    private boolean isNeverNull(Paths.Key key) {
        for (@Nullable CoLocation scope = this; scope != null; scope = scope.outer) {
            for (var element : scope.elements.all()) {
                if (element.from == key.from()) {
                    return key.direct() && !element.nullable && Derived.query(element.from) == null;
                }
            }
        }
        return false;
    }

    private void addElement(Element element) {
        if (Derived.query(element.from) != null || Derived.isFunction(element.from)) {
            return;
        }
        if (element.from instanceof SqmCorrelation<?, ?>) {
            proof.same(element.from, paths.from(element.from));
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
        var owner = paths.from(join.getLhs());
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

    private void checkElements() {
        derived.check();
        var carrier = carrier();
        if (carrier == null) {
            return;
        }
        if (local != null) {
            throw Refusals.part(
                    "it joins sharded rows and rows of a local table", "the local table is on node " + local + " only");
        }
        requireSame(carrier.from);
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
        if (entity == null && from instanceof SqmAttributeJoin<?, ?> join) {
            return isSpread(paths.from(join.getLhs()));
        }
        return paths.sharded(from) != null || sharded.stream().anyMatch(element -> element.from == from);
    }

    private void requireSame(SqmFrom<?, ?> carrier) {
        for (var element : sharded) {
            if (!proof.areSame(element.from, carrier)) {
                throw Refusals.part(
                        "nothing says that " + describe(element.from) + " has the same shard key as "
                                + describe(carrier),
                        "rows that belong together may be on different nodes; join them by an association or by the"
                                + " equality of both keys");
            }
        }
    }

    private String describe(SqmFrom<?, ?> from) {
        var entity = paths.entity(from);
        var alias = from.getExplicitAlias();
        if (Derived.query(from) != null && alias != null) {
            return alias;
        }
        var name = entity == null ? from.getNavigablePath().toString() : entity.getEntityName();
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
            if (!derived.isInPlace(expression)) {
                prove(expression, null);
            }
            return expression;
        }

        private boolean isCondition(SqmInSubQueryPredicate<?> predicate) {
            return !predicate.isNegated() && conditions.stream().anyMatch(condition -> condition == predicate);
        }

        private void prove(SqmSubQuery<?> query, @Nullable Tested tested) {
            prove(query.getQueryPart(), tested);
        }

        private void prove(SqmQueryPart<?> part, @Nullable Tested tested) {
            if (part instanceof SqmQueryGroup<?> group) {
                group.getQueryParts().forEach(each -> prove(each, tested));
            } else if (part instanceof SqmQuerySpec<?> spec) {
                var inner = within(spec);
                if (tested != null) {
                    inner.proveTested(spec, tested, CoLocation.this);
                }
                inner.checkWithin(CoLocation.this);
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
                equalities.proveEqual(values.get(i), selected, null);
            }
        }
    }

    /** Refuses a select, for each row of another, that looks at rows which are not proved to be of that row's key. */
    void checkWithin(CoLocation outer) {
        derived.check();
        checkRowsWithin(outer);
        checkSubQueries();
    }

    private void checkRowsWithin(CoLocation outer) {
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
        requireSame(carrier.from);
    }

    /** Tells whether every row has one and the same key, because a condition gives it. */
    boolean isPinned() {
        return pin() != null;
    }

    /** Returns what is equal for conditions that give the same key, null if none gives one. */
    @Nullable
    Object pin() {
        for (var condition : conditions) {
            if (condition instanceof SqmComparisonPredicate comparison
                    && !comparison.isNegated()
                    && comparison.getSqmOperator() == ComparisonOperator.EQUAL) {
                var left = comparison.getLeftHandExpression();
                var right = comparison.getRightHandExpression();
                var pin = isKeyOfCarrier(left)
                        ? Constants.identity(right)
                        : isKeyOfCarrier(right) ? Constants.identity(left) : null;
                if (pin != null) {
                    return pin;
                }
            }
        }
        return sharded.stream()
                .filter(element -> !element.nullable)
                .map(element -> derived.pin(element.from))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private boolean isKeyOfCarrier(SqmExpression<?> key) {
        return key instanceof SqmPath<?> path && paths.key(key) != null && isOfCarrier(path);
    }

    boolean isOfCarrier(SqmPath<?> path) {
        var carrier = carrier();
        return carrier != null && !Paths.isOfFunction(path) && proof.areSame(paths.from(path), carrier.from);
    }
}
