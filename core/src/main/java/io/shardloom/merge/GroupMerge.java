package io.shardloom.merge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Merges the groups of several nodes. It holds every group. For one thread at a time. */
public final class GroupMerge {
    private final List<Aggregate> aggregates;
    private final Function<@Nullable Object[], List<@Nullable Object>> key;
    private final Map<List<@Nullable Object>, Aggregate.State[]> groups = new LinkedHashMap<>();

    /**
     * Starts without a group.
     *
     * @param aggregates what is computed of each group
     * @param key returns what is equal for rows of one group
     */
    public GroupMerge(List<Aggregate> aggregates, Function<@Nullable Object[], List<@Nullable Object>> key) {
        this.aggregates = List.copyOf(aggregates);
        this.key = key;
    }

    /**
     * Takes in the groups of a node.
     *
     * @param rows one row for each group
     */
    public void addAll(Iterator<@Nullable Object[]> rows) {
        while (rows.hasNext()) {
            @Nullable Object[] row = rows.next();
            for (Aggregate.State state : groups.computeIfAbsent(key.apply(row), k -> start())) {
                state.add(row);
            }
        }
    }

    private Aggregate.State[] start() {
        return aggregates.stream().map(Aggregate::start).toArray(Aggregate.State[]::new);
    }

    /**
     * Returns the groups.
     *
     * @return one row for each, with the aggregates in their order
     */
    public List<@Nullable Object[]> rows() {
        List<@Nullable Object[]> rows = new ArrayList<>(groups.size());
        for (Aggregate.State[] states : groups.values()) {
            rows.add(Arrays.stream(states).map(Aggregate.State::result).toArray());
        }
        return rows;
    }
}
