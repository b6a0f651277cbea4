package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.fanout.Elements.Element;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.hibernate.query.sqm.tree.from.SqmFrom;
import org.hibernate.query.sqm.tree.select.SqmQueryGroup;
import org.hibernate.query.sqm.tree.select.SqmQueryPart;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.jspecify.annotations.Nullable;

/**
 * The derived tables and common table expressions in the from clause of a select. The rows of one are spread by a key,
 * which joins it as an entity is joined; or they are of the key of another element, as those of a sub-query must be; or they
 * are the same everywhere.
 */
final class DerivedTables {
    private final CoLocation rows;
    private final IdentityHashMap<SqmFrom<?, ?>, NodePart> spread = new IdentityHashMap<>();
    private final IdentityHashMap<SqmQueryPart<?>, NodePart> recursive;
    private final Set<Object> inPlace = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Element> onOneNode = new ArrayList<>();
    private final List<SqmFrom<?, ?>> choosing = new ArrayList<>();
    private final List<List<CoLocation>> required = new ArrayList<>();

    DerivedTables(CoLocation rows) {
        this.rows = rows;
        var outer = rows.outer();
        this.recursive = outer == null ? new IdentityHashMap<>() : outer.derived().recursive;
    }

    /** Finds out where the rows of an element come from, if it is a query. */
    void resolve(Element element) {
        var query = Derived.query(element.from);
        if (query == null) {
            return;
        }
        var place = Derived.inPlace(element.from);
        if (place != null) {
            inPlace.add(place);
        }
        if (recursive.containsKey(query)) {
            add(element, recursive.get(query));
            return;
        }
        if (Derived.isRecursive(query)) {
            add(element, recursive(query));
            return;
        }
        var proved = new IdentityHashMap<SqmQuerySpec<?>, CoLocation>();
        Derived.selects(query).forEach(select -> proved.put(select, rows.within(select)));
        if (proved.values().stream().allMatch(select -> select.carrier() == null)) {
            everywhere(element, query, List.copyOf(proved.values()));
        } else if (!isTied(element, List.copyOf(proved.values()))) {
            proved.values().forEach(CoLocation::check);
            add(element, NodePart.of(query, proved::get).checked());
        }
    }

    private void everywhere(Element element, SqmQueryPart<?> query, List<CoLocation> selects) {
        for (var select : selects) {
            var local = select.localNode();
            if (local != null) {
                rows.isAt(local);
            }
            select.checkWithin(rows);
        }
        if (!Derived.isLateral(element.from) && chooses(query)) {
            choosing.add(element.from);
        }
    }

    /** Tells whether the server may return other rows of the same tables another time. */
    private static boolean chooses(SqmQueryPart<?> query) {
        return query.getFetchExpression() != null
                || query.getOffsetExpression() != null
                || Derived.selects(query).stream().anyMatch(Windows::areIn)
                || (query instanceof SqmQueryGroup<?> group
                        && group.getQueryParts().stream().anyMatch(DerivedTables::chooses));
    }

    /** Tells whether an element has rows of the key of another one, or of one of an outer select, and nothing else. */
    private boolean isTied(Element element, List<CoLocation> selects) {
        for (@Nullable CoLocation scope = rows; scope != null; scope = scope.outer()) {
            var carrier = scope.carrier();
            if (carrier != null && selects.stream().allMatch(select -> select.isTiedTo(carrier.from))) {
                var tiedTo = scope;
                selects.forEach(select -> select.checkWithin(tiedTo));
                rows.tie(element.from, carrier.from);
                return true;
            }
        }
        return false;
    }

    /** Proves by induction: if the rows of one step are of one key each, so are those of the next. */
    private NodePart recursive(SqmQueryPart<?> query) {
        var parts = ((SqmQueryGroup<?>) query).getQueryParts();
        Function<SqmQuerySpec<?>, CoLocation> prove = select -> {
            var proved = rows.within(select);
            proved.check();
            return proved;
        };
        var first = NodePart.of(parts.get(0), prove).checked();
        recursive.put(query, first);
        try {
            var next = NodePart.of(parts.get(1), prove).checked();
            var both = NodePart.of(((SqmQueryGroup<?>) query).getSetOperator(), List.of(first, next));
            if (!both.tells().equals(first.tells())) {
                throw Refusals.part(
                        "a step of a recursive query does not select the shard key where its first select does",
                        "its rows are spread over the nodes in no known way");
            }
            return both.checked();
        } finally {
            recursive.remove(query);
        }
    }

    private void add(Element element, @Nullable NodePart part) {
        if (part == null || part.group() == null) {
            if (part != null && part.local() != null) {
                rows.isAt(part.local());
            }
            return;
        }
        spread.put(element.from, part);
        if (part.refusal() != null) {
            onOneNode.add(element);
        }
        if (!element.nullable) {
            required.add(part.selects());
        }
        rows.spread(element, part.group(), part.pin());
    }

    /** Refuses rows that each node would choose, or make, for itself. */
    void check() {
        for (var element : onOneNode) {
            if (element.nullable) {
                throw Refusals.part(
                        "an outer join keeps rows beside '" + element.from.getExplicitAlias() + "'",
                        "its rows are those of one node only");
            }
        }
        if (!choosing.isEmpty() && rows.carrier() != null && !rows.isPinned()) {
            throw Refusals.part(
                    "'" + choosing.get(0).getExplicitAlias() + "' numbers or limits rows of reference tables",
                    "of equal ones each node may take others; join it to the rows of one key");
        }
    }

    /** Tells whether one of them has rows on nodes that none of its keys is on. */
    boolean areOfOneNode() {
        return !onOneNode.isEmpty();
    }

    /** Tells whether a sub-query stands in the from clause. */
    boolean isInPlace(Object query) {
        return inPlace.contains(query);
    }

    /** Returns the group by whose key the rows of an element are spread. */
    String group(SqmFrom<?, ?> from) {
        var part = spread.get(from);
        if (part == null || part.group() == null) {
            throw new IllegalStateException(from + " is not sharded");
        }
        return part.group();
    }

    boolean tellsNode(SqmFrom<?, ?> from, int column) {
        var part = spread.get(from);
        return part != null && column >= 0 && part.tells().get(column);
    }

    @Nullable
    Object pin(SqmFrom<?, ?> from) {
        var part = spread.get(from);
        return part == null ? null : part.pin();
    }

    /** Returns the selects of the elements without whose rows there is no row, element by element. */
    List<List<CoLocation>> required() {
        return required;
    }
}
