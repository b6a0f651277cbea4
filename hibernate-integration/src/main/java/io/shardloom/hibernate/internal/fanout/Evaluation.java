package io.shardloom.hibernate.internal.fanout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.query.spi.HqlInterpretation;
import org.hibernate.query.spi.QueryInterpretationCache;
import org.hibernate.query.spi.SelectQueryPlan;
import org.jspecify.annotations.Nullable;

/**
 * What one server computes of merged groups, given to it as rows: the condition on them, their order, and what is selected of
 * them. So it is what PostgreSQL computes, in its types. Immutable.
 *
 * @param name what the statement is cached by, unlike any HQL
 * @param statement selects the number of a row, and behind it what is computed of it
 * @param translated Hibernate's translations of it
 * @param columns the values that it is given
 */
record Evaluation(
        String name,
        HqlInterpretation<Object> statement,
        Map<QueryInterpretationCache.Key, SelectQueryPlan<?>> translated,
        List<GivenColumn> columns) {

    /** Copies the list. */
    Evaluation {
        columns = List.copyOf(columns);
    }

    /**
     * Returns the groups that stay, sorted, each with what is computed of it behind its values.
     *
     * @param groups the merged groups
     * @param session its server is asked
     * @param parameters the parameters of the query
     * @param deadline until when, null for as long as it takes
     */
    List<@Nullable Object[]> of(
            List<@Nullable Object[]> groups,
            SharedSessionContractImplementor session,
            Map<Object, @Nullable Object> parameters,
            @Nullable Deadline deadline) {
        if (groups.isEmpty()) {
            return groups;
        }
        var bound = new HashMap<>(parameters);
        for (int i = 0; i < columns.size(); i++) {
            bound.put(GivenRows.parameter(i), columns.get(i).texts(groups, parameters));
        }
        var query = new NodeSelection(name, statement, translated, session);
        query.bind(bound);
        if (deadline != null) {
            query.setTimeout(deadline.seconds());
        }
        var evaluated = new ArrayList<@Nullable Object[]>();
        for (var row : query.getResultList()) {
            var computed = row instanceof @Nullable Object[] values ? values : new @Nullable Object[] {row};
            var group = groups.get(((Number) computed[0]).intValue() - 1);
            var whole = Arrays.copyOf(group, group.length + computed.length - 1);
            System.arraycopy(computed, 1, whole, group.length, computed.length - 1);
            evaluated.add(whole);
        }
        return evaluated;
    }
}
