package io.shardloom.hibernate.leak;

import io.shardloom.context.ShardContext;
import io.shardloom.hibernate.Shardloom;
import jakarta.persistence.EntityManagerFactory;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;

/** Where the operations are done: the sharded cluster, or one plain PostgreSQL where each key has a schema. */
interface Store extends AutoCloseable {
    <R> R write(UUID key, int way, Function<Session, R> work);

    <R> R read(UUID key, int way, Function<Session, R> work);

    <R> R stateless(UUID key, Function<StatelessSession, R> work);

    /** Tells whether rows of another key are refused; in a schema of its own a key would keep them. */
    boolean refuses();

    @Override
    void close();

    /** Works in one transaction. */
    static <R> R transact(Session session, Function<Session, R> work) {
        var transaction = session.beginTransaction();
        try {
            var result = work.apply(session);
            transaction.commit();
            return result;
        } catch (Throwable failure) {
            if (transaction.isActive()) {
                transaction.rollback();
            }
            throw failure;
        }
    }

    /** Works in one transaction. */
    static <R> R transact(StatelessSession session, Function<StatelessSession, R> work) {
        var transaction = session.beginTransaction();
        try {
            var result = work.apply(session);
            transaction.commit();
            return result;
        } catch (Throwable failure) {
            if (transaction.isActive()) {
                transaction.rollback();
            }
            throw failure;
        }
    }

    record Sharded(EntityManagerFactory emf, Shardloom shardloom) implements Store {
        Sharded(EntityManagerFactory emf) {
            this(emf, Shardloom.of(emf));
        }

        @Override
        public <R> R write(UUID key, int way, Function<Session, R> work) {
            return switch (way) {
                case 0 -> shardloom.fromTransaction(key, work);
                case 1 -> {
                    try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, key))) {
                        yield transact(em.unwrap(Session.class), work);
                    }
                }
                case 2 ->
                    ShardContext.with(key, () -> emf.callInTransaction(em -> work.apply(em.unwrap(Session.class))));
                default -> {
                    try (var session = shardloom.openSession(key)) {
                        yield transact(session, work);
                    }
                }
            };
        }

        @Override
        public <R> R read(UUID key, int way, Function<Session, R> work) {
            return switch (way) {
                case 0 -> shardloom.readOnly(key, work);
                case 1 -> {
                    try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, key, Shardloom.READ_ONLY, true))) {
                        yield transact(em.unwrap(Session.class), work);
                    }
                }
                case 2 ->
                    ShardContext.with(key, () -> {
                        try (var em = emf.createEntityManager()) {
                            return work.apply(em.unwrap(Session.class));
                        }
                    });
                default -> write(key, 3, work);
            };
        }

        @Override
        public <R> R stateless(UUID key, Function<StatelessSession, R> work) {
            try (var session = shardloom.openStatelessSession(key)) {
                return transact(session, work);
            }
        }

        @Override
        public boolean refuses() {
            return true;
        }

        @Override
        public void close() {
            emf.close();
        }
    }

    record Plain(SessionFactory factory, Schemas schemas) implements Store {
        @Override
        public <R> R write(UUID key, int way, Function<Session, R> work) {
            try (var session = factory.withOptions()
                    .tenantIdentifier((Object) key.toString())
                    .openSession()) {
                return transact(session, work);
            }
        }

        @Override
        public <R> R read(UUID key, int way, Function<Session, R> work) {
            return write(key, way, work);
        }

        @Override
        public <R> R stateless(UUID key, Function<StatelessSession, R> work) {
            try (var session = factory.withStatelessOptions()
                    .tenantIdentifier((Object) key.toString())
                    .openStatelessSession()) {
                return transact(session, work);
            }
        }

        @Override
        public boolean refuses() {
            return false;
        }

        @Override
        public void close() {
            factory.close();
            schemas.close();
        }
    }
}
