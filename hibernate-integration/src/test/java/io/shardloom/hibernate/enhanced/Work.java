package io.shardloom.hibernate.enhanced;

import io.shardloom.hibernate.ClusterSession;
import java.util.List;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/** What a session of Hibernate's and a cluster session both do. */
public interface Work {
    void persist(Object entity);

    <T> T merge(T entity);

    void remove(Object entity);

    <T> @Nullable T find(Class<T> entity, Object id);

    <T> List<T> findAll(Class<T> entity, List<?> ids);

    void flush();

    long execute(String hql);

    <T> List<T> query(String hql, Class<T> result);

    record OfSession(Session session) implements Work {
        @Override
        public void persist(Object entity) {
            session.persist(entity);
        }

        @Override
        public <T> T merge(T entity) {
            return session.merge(entity);
        }

        @Override
        public void remove(Object entity) {
            session.remove(entity);
        }

        @Override
        public <T> @Nullable T find(Class<T> entity, Object id) {
            return session.find(entity, id);
        }

        @Override
        public <T> List<T> findAll(Class<T> entity, List<?> ids) {
            return session.findMultiple(entity, List.copyOf(ids));
        }

        @Override
        public void flush() {
            session.flush();
        }

        @Override
        public long execute(String hql) {
            return session.createMutationQuery(hql).executeUpdate();
        }

        @Override
        public <T> List<T> query(String hql, Class<T> result) {
            return session.createSelectionQuery(hql, result).getResultList();
        }
    }

    record OfCluster(ClusterSession session) implements Work {
        @Override
        public void persist(Object entity) {
            session.persist(entity);
        }

        @Override
        public <T> T merge(T entity) {
            return session.merge(entity);
        }

        @Override
        public void remove(Object entity) {
            session.remove(entity);
        }

        @Override
        public <T> @Nullable T find(Class<T> entity, Object id) {
            return session.find(entity, id);
        }

        @Override
        public <T> List<T> findAll(Class<T> entity, List<?> ids) {
            return session.findAll(entity, ids);
        }

        @Override
        public void flush() {
            session.flush();
        }

        @Override
        public long execute(String hql) {
            return session.execute(hql);
        }

        @Override
        public <T> List<T> query(String hql, Class<T> result) {
            return session.query(hql, result).getResultList();
        }
    }
}
