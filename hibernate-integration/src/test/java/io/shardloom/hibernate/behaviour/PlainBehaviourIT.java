package io.shardloom.hibernate.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.context.ShardContext;
import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.RollbackException;
import jakarta.validation.ConstraintViolationException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.hibernate.Interceptor;
import org.hibernate.Session;
import org.hibernate.SessionBuilder;
import org.hibernate.SessionEventListener;
import org.hibernate.SessionFactory;
import org.hibernate.StaleObjectStateException;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.PreInsertEventListener;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.hibernate.type.Type;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each test runs in a plain unit and in a sharded one and expects the same of both, but for the name of a unique constraint,
 * which PostgreSQL tells as that of the partition.
 */
@WithCluster(nodes = 2)
class PlainBehaviourIT {
    enum Kind {
        PLAIN,
        SHARDED
    }

    private static final List<String> SENT = new CopyOnWriteArrayList<>();
    private static final List<String> INTERCEPTED = new CopyOnWriteArrayList<>();
    private static final Map<Kind, EntityManagerFactory> UNITS = new EnumMap<>(Kind.class);
    private UUID key;

    static final class Recorder implements Interceptor {
        @Override
        public boolean onLoad(Object entity, Object id, Object[] state, String[] names, Type[] types) {
            INTERCEPTED.add("load");
            return false;
        }
    }

    /** Fills a field in the state that is to be stored. */
    static final class Stamp implements Interceptor {
        @Override
        public boolean onPersist(Object entity, Object id, Object[] state, String[] names, Type[] types) {
            for (int i = 0; i < names.length; i++) {
                if (names[i].equals("note")) {
                    state[i] = "stamped";
                }
            }
            return true;
        }
    }

    @BeforeAll
    static void open(EmbeddedCluster cluster) throws Exception {
        StatementInspector recorder = sql -> {
            SENT.add(sql);
            return sql;
        };
        var server = cluster.node("n1").primary();
        server.execute("create schema plain");
        var plain = Boot.bare(Ticket.class)
                .with("jakarta.persistence.jdbc.url", server.jdbcUrl() + "?currentSchema=plain")
                .with("jakarta.persistence.jdbc.user", cluster.user())
                .with("jakarta.persistence.jdbc.password", cluster.password())
                .with("jakarta.persistence.schema-generation.database.action", "create");
        for (var kind : Kind.values()) {
            UNITS.put(
                    kind,
                    (kind == Kind.PLAIN ? plain : Boot.on(cluster, Ticket.class))
                            .with("hibernate.session_factory.statement_inspector", recorder)
                            .with("hibernate.session_factory.interceptor", new Recorder())
                            .with("jakarta.persistence.validation.mode", "callback")
                            .with("hibernate.use_sql_comments", "true")
                            .with("hibernate.generate_statistics", "true")
                            .with("hibernate.current_session_context_class", "thread")
                            .open());
        }
    }

    @AfterAll
    static void close() {
        UNITS.values().forEach(EntityManagerFactory::close);
    }

    @BeforeEach
    void newKey() {
        key = UUID.randomUUID();
        SENT.clear();
        INTERCEPTED.clear();
        Ticket.CALLS.clear();
    }

    @ParameterizedTest
    @EnumSource
    void callsEntityListenersAndCallbacksAndStoresWhatTheySet(Kind kind) {
        var id = ticket(kind, "one").key();
        in(kind, em -> em.find(Ticket.class, id).note = "changed");
        in(kind, em -> {
            var ticket = em.find(Ticket.class, id);
            assertThat(ticket.loaded).isTrue();
            assertThat(ticket.createdBy).isEqualTo("callback");
            assertThat(ticket.changedBy).isEqualTo("callback");
            em.remove(ticket);
        });

        assertThat(Ticket.CALLS)
                .containsExactly(
                        "listener of one",
                        "PrePersist",
                        "PostPersist",
                        "PostLoad",
                        "PreUpdate",
                        "PostLoad",
                        "PreRemove");
    }

    @ParameterizedTest
    @EnumSource
    void callsTheInterceptorOfTheUnitOrOfTheSession(Kind kind) {
        var ticket = new Ticket(key, 1, "one");
        try (var session = builder(kind).interceptor(new Stamp()).openSession()) {
            session.beginTransaction();
            session.persist(ticket);
            session.getTransaction().commit();
        }

        in(kind, em -> assertThat(em.find(Ticket.class, ticket.key()).note).isEqualTo("stamped"));
        assertThat(INTERCEPTED).containsExactly("load");
    }

    @ParameterizedTest
    @EnumSource
    void callsTheListenersOfTheUserWhichMayVeto(Kind kind) {
        var seen = new ArrayList<String>();
        PreInsertEventListener listener = event -> {
            var title = ((Ticket) event.getEntity()).title;
            seen.add(title);
            return title.equals("vetoed");
        };
        factory(kind).getEventListenerRegistry().appendListeners(EventType.PRE_INSERT, listener);

        in(kind, em -> em.persist(new Ticket(key, 1, "good")));
        in(kind, em -> em.persist(new Ticket(key, 2, "vetoed")));

        assertThat(seen).containsExactly("good", "vetoed");
        assertThat(titles(kind)).containsExactly("good");
    }

    @Test
    void refusesAnotherKeysRowBeforeAnyListenerOfTheUserSeesIt() {
        var seen = new ArrayList<Object>();
        PreInsertEventListener listener = event -> {
            seen.add(event.getEntity());
            return false;
        };
        factory(Kind.SHARDED).getEventListenerRegistry().prependListeners(EventType.PRE_INSERT, listener);

        assertThatThrownBy(() -> in(Kind.SHARDED, em -> em.persist(new Ticket(UUID.randomUUID(), 1, " "))))
                .isExactlyInstanceOf(WrongShardKeyException.class);

        assertThat(seen).isEmpty();
        assertThat(SENT).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void validatesBeanConstraintsBeforeAnyStatement(Kind kind) {
        try (var em = builder(kind).openSession()) {
            em.beginTransaction();
            em.persist(new Ticket(key, 1, " "));

            assertThatThrownBy(em::flush)
                    .isExactlyInstanceOf(ConstraintViolationException.class)
                    .hasMessageContaining("during persist time")
                    .hasMessageContaining("title")
                    .isInstanceOfSatisfying(
                            ConstraintViolationException.class,
                            e -> assertThat(e.getConstraintViolations()).hasSize(1));
            em.getTransaction().rollback();
        }
        assertThat(SENT).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void updatesChangedColumnsAloneAndNothingWhereNothingChanged(Kind kind) {
        var id = ticket(kind, "one").key();
        SENT.clear();

        in(kind, em -> {
            var ticket = em.find(Ticket.class, id);
            ticket.title = "on".concat("e");
        });
        assertThat(SENT).hasSize(1);
        in(kind, em -> em.find(Ticket.class, id).title = "two");

        assertThat(SENT).hasSize(3);
        assertThat(SENT.get(2))
                .contains("set changedBy=?,title=?,version=?")
                .doesNotContain("note")
                .doesNotContain("createdBy=");
    }

    @ParameterizedTest
    @EnumSource
    void tellsOfLostOptimisticLocksAsJpaSays(Kind kind) {
        var id = ticket(kind, "one").key();
        try (var late = builder(kind).openSession()) {
            late.beginTransaction();
            late.find(Ticket.class, id).title = "late";
            in(kind, em -> em.find(Ticket.class, id).title = "first");

            assertThatThrownBy(late::flush)
                    .isExactlyInstanceOf(OptimisticLockException.class)
                    .hasCauseInstanceOf(StaleObjectStateException.class);
            late.getTransaction().rollback();
        }
        try (var late = builder(kind).openSession()) {
            late.beginTransaction();
            late.find(Ticket.class, id).title = "late";
            in(kind, em -> em.remove(em.find(Ticket.class, id)));

            assertThatThrownBy(() -> late.getTransaction().commit())
                    .isExactlyInstanceOf(RollbackException.class)
                    .hasCauseInstanceOf(OptimisticLockException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsOfUniqueViolations(Kind kind) {
        ticket(kind, "one");

        try (var em = builder(kind).openSession()) {
            em.beginTransaction();
            em.persist(new Ticket(key, 1, "again"));

            assertThatThrownBy(em::flush)
                    .isInstanceOfSatisfying(org.hibernate.exception.ConstraintViolationException.class, e -> {
                        assertThat(e.getSQLState()).isEqualTo("23505");
                        assertThat(e.getKind())
                                .isEqualTo(org.hibernate.exception.ConstraintViolationException.ConstraintKind.UNIQUE);
                        assertThat(e.getConstraintName()).isEqualTo("uq_ticket_number");
                    });
            em.getTransaction().rollback();
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsOfRowsThatAreNotThere(Kind kind) {
        var missing = new Ticket.Key(key, UUID.randomUUID());
        var gone = ticket(kind, "one").key();

        in(kind, em -> {
            assertThat(em.find(Ticket.class, missing)).isNull();
            var reference = em.getReference(Ticket.class, missing);
            assertThatThrownBy(() -> org.hibernate.Hibernate.initialize(reference))
                    .isInstanceOf(EntityNotFoundException.class);
            var ticket = em.find(Ticket.class, gone);
            in(kind, other -> other.remove(other.find(Ticket.class, gone)));
            assertThatThrownBy(() -> em.refresh(ticket)).isInstanceOf(EntityNotFoundException.class);
        });
    }

    @ParameterizedTest
    @EnumSource
    void commentsItsStatementsAndShowsThemToInspectors(Kind kind) {
        var seen = new ArrayList<String>();
        try (var session = builder(kind)
                .statementInspector((java.util.function.UnaryOperator<String>) sql -> {
                    seen.add(sql);
                    return sql;
                })
                .openSession()) {
            session.createQuery("from Ticket", Ticket.class).getResultList();
        }

        assertThat(seen).singleElement().asString().startsWith("/* ").contains("from Ticket");
        assertThat(SENT).isEmpty();
        in(kind, em -> em.persist(new Ticket(key, 1, "one")));
        assertThat(SENT).singleElement().asString().startsWith("/* insert for " + Ticket.class.getName() + " */");
    }

    @ParameterizedTest
    @EnumSource
    void countsInStatisticsAndTellsSessionEventListeners(Kind kind) {
        var statistics = factory(kind).getStatistics();
        statistics.clear();
        var events = new ArrayList<String>();
        var listener = new SessionEventListener() {
            @Override
            public void jdbcConnectionAcquisitionStart() {
                events.add("connection");
            }

            @Override
            public void jdbcExecuteStatementStart() {
                events.add("statement");
            }

            @Override
            public void flushEnd(int entities, int collections) {
                events.add("flush " + entities);
            }

            @Override
            public void transactionCompletion(boolean successful) {
                events.add("end " + successful);
            }
        };
        try (var session = builder(kind).eventListeners(listener).openSession()) {
            session.beginTransaction();
            session.persist(new Ticket(key, 1, "one"));
            session.flush();
            session.clear();
            assertThat(session.createQuery("from Ticket where ownerId = :key", Ticket.class)
                            .setParameter("key", key)
                            .getResultList())
                    .hasSize(1);
            session.getTransaction().commit();
        }

        assertThat(events.stream().filter(e -> e.equals("statement"))).hasSize(2);
        assertThat(events).contains("connection", "flush 1", "end true");
        assertThat(statistics.getEntityInsertCount()).isEqualTo(1);
        assertThat(statistics.getEntityLoadCount()).isEqualTo(1);
        assertThat(statistics.getQueryExecutionCount()).isEqualTo(1);
        assertThat(statistics.getPrepareStatementCount()).isEqualTo(2);
        assertThat(statistics.getSuccessfulTransactionCount()).isEqualTo(1);
        assertThat(statistics.getConnectCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void opensSessionsFromSessionsThatShareTheTransaction(Kind kind) {
        try (var session = builder(kind).openSession()) {
            session.beginTransaction();
            session.persist(new Ticket(key, 1, "one"));
            session.flush();
            try (var child = session.sessionWithOptions().connection().openSession()) {
                assertThat(child.getTenantIdentifierValue()).isEqualTo(session.getTenantIdentifierValue());
                assertThat(child.createQuery("select title from Ticket where ownerId = :key", String.class)
                                .setParameter("key", key)
                                .getResultList())
                        .containsExactly("one");
            }
            session.getTransaction().commit();
        }
        assertThat(titles(kind)).containsExactly("one");
    }

    @ParameterizedTest
    @EnumSource
    void knowsTheCurrentSessionOfTheThread(Kind kind) {
        bound(kind, sessions -> {
            var session = sessions.getCurrentSession();
            session.beginTransaction();
            session.persist(new Ticket(key, 1, "one"));
            assertThat(sessions.getCurrentSession()).isSameAs(session);
            session.getTransaction().commit();
            assertThat(session.isOpen()).isFalse();
        });

        assertThat(titles(kind)).containsExactly("one");
    }

    private void bound(Kind kind, Consumer<SessionFactory> work) {
        var sessions = UNITS.get(kind).unwrap(SessionFactory.class);
        if (kind == Kind.PLAIN) {
            work.accept(sessions);
        } else {
            ShardContext.run(key, () -> work.accept(sessions));
        }
    }

    private Ticket ticket(Kind kind, String title) {
        var ticket = new Ticket(key, 1, title);
        in(kind, em -> em.persist(ticket));
        return ticket;
    }

    private List<String> titles(Kind kind) {
        try (var session = builder(kind).openSession()) {
            return session.createQuery("select title from Ticket where ownerId = :key", String.class)
                    .setParameter("key", key)
                    .getResultList();
        }
    }

    private void in(Kind kind, Consumer<Session> work) {
        try (var session = builder(kind).openSession()) {
            var transaction = session.beginTransaction();
            try {
                work.accept(session);
                transaction.commit();
            } finally {
                if (transaction.isActive()) {
                    transaction.rollback();
                }
            }
        }
    }

    private SessionBuilder builder(Kind kind) {
        return kind == Kind.PLAIN
                ? UNITS.get(kind).unwrap(SessionFactory.class).withOptions()
                : Shardloom.of(UNITS.get(kind)).withKey(key);
    }

    private static SessionFactoryImplementor factory(Kind kind) {
        return UNITS.get(kind).unwrap(SessionFactoryImplementor.class);
    }
}
