package io.shardloom.hibernate.internal.cluster;

import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.ClusterSession;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.hibernate.internal.fanout.FanOutQueries;
import io.shardloom.hibernate.internal.fanout.RunScope;
import io.shardloom.topology.Node;
import jakarta.persistence.criteria.CriteriaDelete;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.CriteriaUpdate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hibernate.Session;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** The unit of work behind {@link ClusterSession}. */
public final class ClusterUnit implements ClusterSession {
    private final NodeSessions sessions;
    private final IdRoutes routes;
    private final FanOutQueries queries;
    private final ClusterEntities entities;
    private final ClusterStatements statements;

    /**
     * Opens a unit; no server is asked yet.
     *
     * @param factory the unit's factory
     * @param readOnly true to read from replicas and write nothing
     */
    public ClusterUnit(ShardSessionFactory factory, boolean readOnly) {
        this.sessions = new NodeSessions(factory, readOnly);
        this.routes = factory.one(IdRoutes.class, () -> new IdRoutes(factory.runtime()));
        this.queries = new FanOutQueries(factory, RunScope.in(this::flushed));
        this.entities = new ClusterEntities(sessions, routes);
        this.statements = new ClusterStatements(sessions);
    }

    /** A query sees what the unit has changed, on every node. */
    private NodeSessions flushed() {
        sessions.requireOpen();
        if (!sessions.readOnly()) {
            sessions.writes().flush();
        }
        return sessions;
    }

    @Override
    public <T> @Nullable T find(Class<T> entity, Object id) {
        var persister = persister(entity);
        routes.check(persister, id);
        if (routes.isReference(persister)) {
            return sessions.onAny().find(entity, id);
        }
        for (var node : routes.nodesOf(persister, id)) {
            var found = sessions.on(node).find(entity, id);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    @Override
    public <T> List<T> findAll(Class<T> entity, Collection<?> ids) {
        var persister = persister(entity);
        var found = new ArrayList<@Nullable T>();
        for (var id : ids) {
            routes.check(persister, id);
            found.add(null);
        }
        if (routes.isReference(persister)) {
            fill(sessions.onAny(), entity, List.copyOf(ids), null, found);
        } else {
            var placesOfNode = new LinkedHashMap<Node, List<Integer>>();
            int place = 0;
            for (var id : ids) {
                for (var node : routes.nodesOf(persister, id)) {
                    placesOfNode.computeIfAbsent(node, n -> new ArrayList<>()).add(place);
                }
                place++;
            }
            var all = List.copyOf(ids);
            sessions.onEach(placesOfNode.keySet(), (node, session) -> {
                fill(session, entity, all, placesOfNode.get(node), found);
                return true;
            });
        }
        return found.stream().filter(Objects::nonNull).toList();
    }

    private static <T> void fill(
            Session session, Class<T> entity, List<?> ids, @Nullable List<Integer> places, List<@Nullable T> found) {
        var asked = new ArrayList<Object>();
        if (places == null) {
            asked.addAll(ids);
        } else {
            places.forEach(place -> asked.add(ids.get(place)));
        }
        var rows = session.findMultiple(entity, asked);
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i) != null) {
                found.set(places == null ? i : places.get(i), rows.get(i));
            }
        }
    }

    private EntityPersister persister(Class<?> entity) {
        var persister = sessions.factory().getMappingMetamodel().findEntityDescriptor(entity);
        if (persister == null) {
            throw new IllegalArgumentException(entity.getName() + " is no entity of this unit.");
        }
        return persister;
    }

    @Override
    public void persist(Object entity) {
        sessions.writes().step(() -> {
            entities.persist(entity);
            return true;
        });
    }

    @Override
    public void persistAll(Collection<?> all) {
        all.forEach(this::persist);
    }

    @Override
    public <T> T merge(T entity) {
        return sessions.writes().step(() -> entities.merge(entity));
    }

    @Override
    public void remove(Object entity) {
        sessions.writes().step(() -> {
            entities.remove(entity);
            return true;
        });
    }

    @Override
    public void flush() {
        sessions.writes().flush();
    }

    @Override
    public long execute(String hql) {
        return execute(hql, Map.of());
    }

    @Override
    public long execute(String hql, Map<String, ?> parameters) {
        return statements.execute(hql, parameters);
    }

    @Override
    public long execute(CriteriaUpdate<?> update) {
        return statements.execute(update);
    }

    @Override
    public long execute(CriteriaDelete<?> delete) {
        return statements.execute(delete);
    }

    @Override
    public <R> ClusterQuery<R> query(String hql, Class<R> result) {
        return queries.query(hql, result);
    }

    @Override
    public <R> ClusterQuery<R> query(CriteriaQuery<R> query) {
        return queries.query(query);
    }

    @Override
    public void commit() {
        try {
            sessions.commit();
        } catch (RuntimeException e) {
            throw PlainFailures.ofCommit(e);
        }
    }

    @Override
    public void close() {
        sessions.close();
    }
}
