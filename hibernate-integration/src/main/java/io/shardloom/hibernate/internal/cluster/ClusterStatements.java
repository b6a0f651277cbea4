package io.shardloom.hibernate.internal.cluster;

import io.shardloom.failure.ReadOnlyException;
import io.shardloom.hibernate.internal.fanout.BulkPlans;
import jakarta.persistence.criteria.CriteriaDelete;
import jakarta.persistence.criteria.CriteriaUpdate;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.hibernate.HibernateException;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.query.IllegalMutationQueryException;
import org.hibernate.query.MutationQuery;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.SqmStatement;
import org.jspecify.annotations.Nullable;

/** Runs bulk statements on the nodes that can hold their rows, and adds up what they have changed. Not thread-safe. */
final class ClusterStatements {
    private final NodeSessions sessions;

    ClusterStatements(NodeSessions sessions) {
        this.sessions = sessions;
    }

    long execute(String hql, Map<String, ?> parameters) {
        if (!(statement(hql) instanceof SqmDmlStatement<?> bulk)) {
            throw new IllegalMutationQueryException("It is no update or delete. Give one, or use query.", hql);
        }
        return execute(bulk, parameters, session -> session.createMutationQuery(hql));
    }

    private SqmStatement<?> statement(String hql) {
        var engine = sessions.factory().getQueryEngine();
        try {
            return engine.getInterpretationCache()
                    .resolveHqlInterpretation(hql, null, engine.getHqlTranslator())
                    .getSqmStatement();
        } catch (HibernateException e) {
            throw PlainFailures.ofText(e);
        }
    }

    long execute(CriteriaUpdate<?> update) {
        return execute((SqmDmlStatement<?>) update, Map.of(), session -> session.createMutationQuery(update));
    }

    long execute(CriteriaDelete<?> delete) {
        return execute((SqmDmlStatement<?>) delete, Map.of(), session -> session.createMutationQuery(delete));
    }

    private long execute(
            SqmDmlStatement<?> statement,
            Map<String, ?> parameters,
            Function<SessionImplementor, MutationQuery> query) {
        if (sessions.readOnly()) {
            throw new ReadOnlyException(
                    "Cannot run a bulk statement: the cluster session is read-only. Use Shardloom.of(emf).inCluster(…).");
        }
        var values = new HashMap<Object, @Nullable Object>(parameters);
        var plan = new BulkPlans(sessions.factory()).plan(statement, values);
        var writes = sessions.writes();
        writes.flush();
        long count = writes.step(() -> {
            if (plan.reference()) {
                writes.onReference(plan.entity());
            }
            long rows = 0;
            for (var node : plan.nodes()) {
                var made = query.apply(sessions.on(node));
                parameters.forEach((name, value) -> {
                    if (value instanceof Collection<?> list) {
                        made.setParameterList(name, list);
                    } else {
                        made.setParameter(name, value);
                    }
                });
                int changed = made.executeUpdate();
                if (changed > 0) {
                    writes.onRow(node);
                }
                rows += changed;
            }
            return rows;
        });
        if (plan.reference()) {
            writes.flush();
        }
        return count;
    }
}
