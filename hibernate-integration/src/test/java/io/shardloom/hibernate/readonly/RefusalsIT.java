package io.shardloom.hibernate.readonly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.shardloom.failure.ReadOnlyException;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.hibernate.internal.connection.NodeScope;
import io.shardloom.hibernate.readonly.Things.Box;
import io.shardloom.hibernate.readonly.Things.Circle;
import io.shardloom.hibernate.readonly.Things.Item;
import io.shardloom.hibernate.readonly.Things.Letter;
import io.shardloom.hibernate.readonly.Things.Paper;
import io.shardloom.hibernate.readonly.Things.Ref;
import io.shardloom.hibernate.readonly.Things.Shape;
import io.shardloom.hibernate.readonly.Things.Split;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.LockModeType;
import jakarta.persistence.RollbackException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hibernate.KeyType;
import org.hibernate.LockMode;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a read-only session would write or lock is refused by us, and nothing of it reaches a server. */
@WithCluster(nodes = 2, replicas = 1)
class RefusalsIT {
    private static final List<String> SENT = new CopyOnWriteArrayList<>();
    private static final List<Box> SENT_BACK = new CopyOnWriteArrayList<>();
    private static final Ref ID = new Ref(1, 1);

    static EmbeddedCluster cluster;
    static EntityManagerFactory emf;
    static Shardloom shop;

    @BeforeAll
    static void open() {
        StatementInspector sent = sql -> {
            SENT.add(sql);
            return sql;
        };
        emf = Boot.on(cluster, Things.class.getDeclaredClasses())
                .with("hibernate.session_factory.statement_inspector", sent)
                .with("shardloom.shards", "4")
                .open();
        shop = Shardloom.of(emf);
        shop.inTransaction(1, em -> {
            var box = new Box(1, 1);
            var other = new Box(1, 2);
            box.friend = other;
            em.persist(other);
            em.persist(box);
            em.persist(new Item(1, 1, box));
            em.persist(Things.with(new Letter(), 1, 1));
            em.persist(Things.with(new Circle(), 1, 1));
            em.persist(Things.with(new Split(), 1, 1));
        });
        cluster.awaitReplicas();
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    /** The doors to a read-only session. */
    enum Door {
        SHARDLOOM {
            @Override
            void work(Consumer<Session> work) {
                shop.readOnly(1, em -> {
                    work.accept(em);
                    return true;
                });
            }
        },
        BUILDER {
            @Override
            void work(Consumer<Session> work) {
                try (var session = shop.withKey(1).readOnly(true).openSession()) {
                    inTransaction(session, work);
                }
            }
        },
        ENTITY_MANAGER {
            @Override
            void work(Consumer<Session> work) {
                try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, 1, Shardloom.READ_ONLY, true))) {
                    inTransaction((Session) em, work);
                }
            }
        },
        HINT {
            @Override
            void work(Consumer<Session> work) {
                try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, 1, "org.hibernate.readOnly", "true"))) {
                    inTransaction((Session) em, work);
                }
            }
        },
        NODE {
            @Override
            void work(Consumer<Session> work) {
                var node = new NodeScope(shop.explain(1).location().node().name());
                try (var session = emf.unwrap(SessionFactory.class)
                        .withOptions()
                        .tenantIdentifier((Object) node)
                        .readOnly(true)
                        .openSession()) {
                    inTransaction(session, work);
                }
            }
        },
        CHILD {
            @Override
            void work(Consumer<Session> work) {
                shop.readOnly(1, parent -> {
                    try (var child = parent.sessionWithOptions()
                            .connection()
                            .autoClose(false)
                            .openSession()) {
                        work.accept(child);
                    }
                    return true;
                });
            }
        };

        abstract void work(Consumer<Session> work);

        static void inTransaction(Session session, Consumer<Session> work) {
            session.beginTransaction();
            work.accept(session);
            session.getTransaction().commit();
        }
    }

    static Stream<Named<Consumer<Session>>> locks() {
        return Stream.of(
                Named.of("find", em -> em.find(Box.class, ID, LockModeType.PESSIMISTIC_WRITE)),
                Named.of("find for share", em -> em.find(Box.class, ID, LockModeType.PESSIMISTIC_READ)),
                Named.of("find counting up", em -> em.find(Box.class, ID, LockModeType.OPTIMISTIC_FORCE_INCREMENT)),
                Named.of("find and count", em -> em.find(Box.class, ID, LockModeType.PESSIMISTIC_FORCE_INCREMENT)),
                Named.of("find by the rest", em -> em.find(Box.class, 1, LockMode.UPGRADE_NOWAIT)),
                Named.of("find joined", em -> em.find(Paper.class, ID, LockModeType.PESSIMISTIC_WRITE)),
                Named.of("find of a union", em -> em.find(Shape.class, ID, LockModeType.PESSIMISTIC_WRITE)),
                Named.of(
                        "find with properties",
                        em -> em.find(Box.class, ID, LockModeType.PESSIMISTIC_WRITE, Map.of("jakarta.x", 1))),
                Named.of(
                        "findMultiple",
                        em -> em.findMultiple(Box.class, List.of(ID, new Ref(1, 2)), LockModeType.PESSIMISTIC_WRITE)),
                Named.of(
                        "find by natural id",
                        em -> em.find(Box.class, "b1", KeyType.NATURAL, LockModeType.PESSIMISTIC_WRITE)),
                Named.of("HQL", em -> em.createQuery("from Box", Box.class)
                        .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                        .getResultList()),
                Named.of("HQL counting up", em -> em.createQuery("from Box", Box.class)
                        .setLockMode(LockModeType.OPTIMISTIC_FORCE_INCREMENT)
                        .getResultList()),
                Named.of("HQL stream", em -> em.createSelectionQuery("from Box", Box.class)
                        .setHibernateLockMode(LockMode.PESSIMISTIC_READ)
                        .getResultStream()
                        .forEach(SENT_BACK::add)),
                Named.of("Criteria", em -> {
                    var criteria = em.getCriteriaBuilder().createQuery(Box.class);
                    criteria.from(Box.class);
                    em.createQuery(criteria)
                            .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                            .getResultList();
                }));
    }

    @ParameterizedTest
    @MethodSource("locks")
    void refusesLocks(Consumer<Session> lock) {
        for (var door : Door.values()) {
            refused(door, lock, "Cannot lock ");
        }
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void refusesLocksOfWhatIsLoaded(Door door) {
        Consumer<Function<Box, Consumer<Session>>> check = work -> {
            var failure = catchThrowable(() -> door.work(em -> {
                var box = em.find(Box.class, ID);
                SENT.clear();
                var refusal = catchThrowable(() -> work.apply(box).accept(em));
                assertThat(SENT).isEmpty();
                assertThat(refusal)
                        .isInstanceOf(ReadOnlyException.class)
                        .hasMessageStartingWith("Cannot lock Box by PESSIMISTIC_WRITE: the session is read-only.");
            }));
            assertThat(failure).isNull();
        };
        check.accept(box -> em -> em.lock(box, LockModeType.PESSIMISTIC_WRITE));
        check.accept(box -> em -> em.refresh(box, LockModeType.PESSIMISTIC_WRITE));
        check.accept(box -> em -> em.find(Box.class, ID, LockModeType.PESSIMISTIC_WRITE));
        check.accept(box -> em -> em.findMultiple(Box.class, List.of(ID), LockModeType.PESSIMISTIC_WRITE));
    }

    @Test
    void locksOfReadersAreNoLocks() {
        shop.readOnly(1, em -> {
            var box = em.find(Box.class, ID, LockModeType.OPTIMISTIC);
            em.lock(box, LockModeType.NONE);
            em.refresh(box);
            return em.createQuery("from Box", Box.class)
                    .setLockMode(LockModeType.READ)
                    .getResultList();
        });
    }

    static Stream<Named<Consumer<Session>>> bulkWrites() {
        return Stream.of(
                Named.of("HQL update", em -> em.createMutationQuery("update Box set name = 'x'")
                        .executeUpdate()),
                Named.of("HQL update as JPA has it", em -> jpa(em).createQuery("update Item set name = 'x'")
                        .executeUpdate()),
                Named.of("HQL versioned update", em -> em.createMutationQuery("update versioned Box set name = 'x'")
                        .executeUpdate()),
                Named.of("HQL delete", em -> em.createMutationQuery("delete Item")
                        .executeUpdate()),
                Named.of("HQL delete with collections", em -> em.createMutationQuery("delete Box")
                        .executeUpdate()),
                Named.of("HQL update joined", em -> em.createMutationQuery("update Letter set name = 'x', text = 'y'")
                        .executeUpdate()),
                Named.of("HQL delete joined", em -> em.createMutationQuery("delete Paper")
                        .executeUpdate()),
                Named.of("HQL update of a union", em -> em.createMutationQuery("update Shape set name = 'x'")
                        .executeUpdate()),
                Named.of("HQL delete of a union", em -> em.createMutationQuery("delete Shape")
                        .executeUpdate()),
                Named.of("HQL update of two tables", em -> em.createMutationQuery(
                                "update Split set name = 'x', second = 'y'")
                        .executeUpdate()),
                Named.of("Criteria update", em -> {
                    var update = em.getCriteriaBuilder().createCriteriaUpdate(Item.class);
                    update.from(Item.class);
                    em.createMutationQuery(update.set("name", "x")).executeUpdate();
                }),
                Named.of("Criteria delete", em -> {
                    var delete = em.getCriteriaBuilder().createCriteriaDelete(Item.class);
                    delete.from(Item.class);
                    jpa(em).createQuery(delete).executeUpdate();
                }),
                Named.of("native update", em -> Shardloom.unchecked(
                                jpa(em).createNativeQuery("update Item set name = 'x'"))
                        .executeUpdate()));
    }

    @ParameterizedTest
    @MethodSource("bulkWrites")
    void refusesBulkWrites(Consumer<Session> write) {
        for (var door : Door.values()) {
            if (door != Door.NODE) { // which writes no sharded rows by any query
                refused(door, write, "Cannot ");
            }
        }
    }

    @Test
    void aPlanThatAWriterMadeIsRefusedToAReaderToo() {
        Consumer<Session> write = em -> em.createMutationQuery("update Letter set text = text, name = name")
                .executeUpdate();
        shop.inTransaction(1, write);

        refused(Door.SHARDLOOM, write, "Cannot change rows of Letter: the session is read-only.");
        shop.inTransaction(1, write);
    }

    static Stream<Named<Consumer<StatelessSession>>> statelessLocks() {
        return Stream.of(
                Named.of("get", session -> session.get(Box.class, ID, LockMode.PESSIMISTIC_WRITE)),
                Named.of("get joined", session -> session.get(Paper.class, ID, LockMode.PESSIMISTIC_WRITE)),
                Named.of(
                        "getMultiple",
                        session -> session.getMultiple(Box.class, List.of(ID), LockMode.PESSIMISTIC_WRITE)),
                Named.of("refresh", session -> session.refresh(new Box(1, 1), LockMode.PESSIMISTIC_WRITE)),
                Named.of("HQL", session -> session.createQuery("from Box", Box.class)
                        .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                        .getResultList()),
                Named.of("HQL update", session -> session.createMutationQuery("update Box set name = 'x'")
                        .executeUpdate()),
                Named.of("HQL delete joined", session -> session.createMutationQuery("delete Paper")
                        .executeUpdate()),
                Named.of("native", session -> Shardloom.unchecked(session.createNativeMutationQuery("delete from Item"))
                        .executeUpdate()));
    }

    @ParameterizedTest
    @MethodSource("statelessLocks")
    void refusesLocksAndBulkWritesOfStatelessSessions(Consumer<StatelessSession> lock) {
        try (var session = shop.withKeyStateless(1).readOnly(true).openStatelessSession()) {
            session.beginTransaction();
            SENT.clear();
            assertThat(catchThrowable(() -> lock.accept(session))).isInstanceOf(ReadOnlyException.class);
            assertThat(SENT).isEmpty();
            assertThat(session.get(Box.class, ID)).as("the session still works").isNotNull();
            session.getTransaction().commit();
        }
    }

    @SuppressWarnings("deprecation") // replicate is still there
    static Stream<Named<Consumer<Session>>> writes() {
        return Stream.of(
                Named.of("persist", em -> em.persist(new Box(1, 9))),
                Named.of("persist by name", em -> em.persist(Box.class.getName(), new Box(1, 9))),
                Named.of("merge", em -> em.merge(new Box(1, 1))),
                Named.of("merge by name", em -> em.merge(Box.class.getName(), new Box(1, 1))),
                Named.of("merge with a graph", em -> em.merge(new Box(1, 1), em.createEntityGraph(Box.class))),
                Named.of("replicate", em -> em.replicate(new Box(1, 1), org.hibernate.ReplicationMode.OVERWRITE)),
                Named.of("remove", em -> em.remove(em.getReference(Box.class, ID))));
    }

    @ParameterizedTest
    @MethodSource("writes")
    void refusesToPersistMergeAndRemove(Consumer<Session> write) {
        for (var door : Door.values()) {
            SENT.clear();
            var failure = catchThrowable(() -> door.work(write));
            assertThat(SENT).as(door.name()).isEmpty();
            assertThat(failure)
                    .as(door.name())
                    .isInstanceOf(ReadOnlyException.class)
                    .hasMessageMatching(
                            "Cannot (persist|merge|remove|replicate) Box: the session is read-only\\. Do it in a"
                                    + " session that writes, for example .*");
        }
    }

    @Test
    void aSessionThatSharesAReadersConnectionFlushesNothing() {
        for (Consumer<Box> change : List.<Consumer<Box>>of(box -> box.name = "x", box -> box.tags.add("x"))) {
            var failure = catchThrowable(() -> shop.readOnly(1, parent -> {
                try (var child = parent.sessionWithOptions().connection().openSession()) {
                    change.accept(child.find(Box.class, ID));
                    SENT.clear();
                    child.flush();
                }
                return true;
            }));
            assertThat(SENT).noneMatch(sql -> !sql.startsWith("select"));
            assertThat(failure).isInstanceOf(ReadOnlyException.class).hasMessageContaining(" Box: the session is");
        }
    }

    @Test
    void refusesWritesOfStatelessSessions() {
        List<Consumer<StatelessSession>> writes = List.of(
                session -> session.insert(new Box(1, 9)),
                session -> session.update(new Box(1, 1)),
                session -> session.delete(new Box(1, 1)),
                session -> session.upsert(new Box(1, 1)),
                session -> session.insertMultiple(List.of(new Box(1, 9))),
                session -> session.updateMultiple(List.of(new Box(1, 1))),
                session -> session.deleteMultiple(List.of(new Box(1, 1))),
                session -> session.upsertMultiple(List.of(new Box(1, 1))));
        for (var write : writes) {
            try (var session = shop.withKeyStateless(1).readOnly(true).openStatelessSession()) {
                SENT.clear();
                assertThat(catchThrowable(() -> write.accept(session)))
                        .isInstanceOf(ReadOnlyException.class)
                        .hasMessageMatching("Cannot (insert|update|delete|upsert) Box: the session is read-only\\. .*");
                assertThat(SENT).isEmpty();
            }
        }
    }

    /** A change of a loaded box, and the attribute that the refusal must name. */
    record Change(String attribute, Consumer<Box> change) {
        @Override
        public String toString() {
            return attribute;
        }
    }

    static Stream<Change> changes() {
        return Stream.of(
                new Change("name", box -> box.name = "x"),
                new Change("picture", box -> box.picture[0] = 2),
                new Change("place", box -> box.place.city = "Jena"),
                new Change("place", box -> box.place = null),
                new Change("friend", box -> box.friend = null),
                new Change("friend", box -> box.friend = new Box(1, 7)),
                new Change("tags", box -> box.tags.add("x")),
                new Change("tags", box -> box.tags.clear()),
                new Change("tags", box -> box.tags = List.of()),
                new Change("notes", box -> box.notes.put("x", "y")),
                new Change("papers", box -> box.papers.add(Things.with(new Paper(), 1, 8))),
                new Change("owned", box -> box.owned.add(new Item(1, 7, box))),
                new Change("owned", box -> box.owned.remove(0)));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void refusesToCommitWhatChanged(Change change) {
        for (var door : Door.values()) {
            if (door == Door.CHILD) {
                continue;
            }
            var failure = catchThrowable(() -> door.work(em -> {
                change.change.accept(em.find(Box.class, ID));
                SENT.clear();
            }));
            assertThat(SENT).as(door.name()).isEmpty();
            assertThat(failure instanceof RollbackException ? failure.getCause() : failure)
                    .as(door.name())
                    .isInstanceOf(ReadOnlyException.class)
                    .hasMessageStartingWith("Cannot commit: " + change.attribute() + " of Box Ref[customer=1, num=1]"
                            + " changed in a read-only session, and would not be written.");
        }
        shop.inTransaction(1, em -> assertThat(em.find(Box.class, ID).name).isEqualTo("box 1"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void refusesToFlushWhatChanged(Change change) {
        for (var door : Door.values()) {
            if (door == Door.CHILD) {
                continue;
            }
            var failure = catchThrowable(() -> door.work(em -> {
                var box = em.find(Box.class, ID);
                em.flush();
                change.change.accept(box);
                SENT.clear();
                assertThat(catchThrowable(em::flush))
                        .isInstanceOf(ReadOnlyException.class)
                        .hasMessageStartingWith("Cannot flush: " + change.attribute() + " of Box Ref[customer=1, num=1]"
                                + " changed in a read-only session, and would not be written.");
                em.detach(box);
                em.flush();
            }));
            assertThat(SENT).as(door.name()).isEmpty();
            assertThat(failure).as(door.name()).isNull();
        }
    }

    @Test
    void refusesWhatAnEntityThatWasMadeModifiableChanged() {
        Consumer<Session> work = em -> {
            var box = em.find(Box.class, ID);
            em.setReadOnly(box, false);
            box.name = "x";
            SENT.clear();
            assertThat(em.createQuery("select name from Box where num = 1", String.class)
                            .getSingleResult())
                    .isEqualTo("box 1");
            assertThat(SENT).singleElement().asString().startsWith("select");
            SENT.clear();
        };
        refused(Door.SHARDLOOM, work, "Cannot commit: name of Box ");

        Consumer<Session> loaded = em -> {
            em.createSelectionQuery("from Box where num = 1", Box.class)
                    .setReadOnly(false)
                    .getSingleResult()
                    .name = "x";
            SENT.clear();
        };
        refused(Door.SHARDLOOM, loaded, "Cannot commit: name of Box ");
    }

    @Test
    void aQueryDoesNotSaveWhatACascadeReaches() {
        Consumer<Session> work = em -> {
            em.find(Box.class, ID).owned.add(new Item(1, 7, null));
            SENT.clear();
            assertThat(em.createQuery("select count(*) from Item", Long.class).getSingleResult())
                    .isEqualTo(1);
            assertThat(SENT).singleElement().asString().startsWith("select");
            SENT.clear();
        };
        refused(Door.SHARDLOOM, work, "Cannot commit: owned of Box ");
    }

    @Test
    void findsChangesOfWhatQueriesAndAssociationsLoad() {
        Consumer<Session> byQuery = em -> {
            em.createQuery("from Letter", Paper.class).getSingleResult().name = "x";
            SENT.clear();
        };
        Consumer<Session> byAssociation = em -> {
            em.find(Item.class, ID).box.rename("x");
            SENT.clear();
        };

        refused(Door.SHARDLOOM, byQuery, "Cannot commit: name of Letter ");
        refused(Door.SHARDLOOM, byAssociation, "Cannot commit: name of Box ");
    }

    @Test
    void refusesEveryTransactionOfASessionThatChangedSomething() {
        try (var session = shop.withKey(1).readOnly(true).openSession()) {
            var box = session.find(Box.class, ID);
            session.beginTransaction();
            session.getTransaction().commit();
            session.beginTransaction();
            box.name = "x";
            assertThat(catchThrowable(() -> session.getTransaction().commit()))
                    .hasRootCauseInstanceOf(ReadOnlyException.class);
        }
    }

    @Test
    void commitsWhatDidNotChange() {
        shop.readOnly(1, em -> {
            var box = em.find(Box.class, ID);
            assertThat(box.greeting).isEqualTo("hello box 1"); // set by a callback after the load
            box.items.add(new Item(1, 9, box)); // not what is written: the item would be
            box.shown = "x";
            box.name = "box " + box.num;
            box.friend = em.find(Box.class, new Ref(1, 2)); // the same, no proxy
            assertThat(box.tags).containsExactly("new");
            assertThat(box.owned).hasSize(1);
            return true;
        });
    }

    @Test
    void commitsWhatWasDetachedOrTakenBack() {
        shop.readOnly(1, em -> {
            var detached = em.find(Box.class, ID);
            em.detach(detached);
            detached.name = "x";

            var refreshed = em.find(Box.class, ID);
            refreshed.name = "y";
            em.refresh(refreshed);
            assertThat(refreshed.name).isEqualTo("box 1");
            refreshed.name = "z";
            refreshed.name = "box 1";
            return true;
        });
        assertThat(catchThrowable(() -> shop.readOnly(1, em -> {
                    var refreshed = em.find(Box.class, ID);
                    em.refresh(refreshed);
                    refreshed.name = "x";
                    return true;
                })))
                .isInstanceOf(ReadOnlyException.class);
    }

    @Test
    void aRollbackAndASessionWithoutATransactionLoseNothingThatWasPromised() {
        try (var session = shop.withKey(1).readOnly(true).openSession()) {
            session.find(Box.class, ID).name = "x";
        }
        try (var session = shop.withKey(1).readOnly(true).openSession()) {
            session.beginTransaction();
            session.find(Box.class, ID).name = "x";
            session.getTransaction().rollback();
        }
    }

    @Test
    void aWritingSessionThatLoadsReadOnlyEntitiesWritesAsEver() {
        shop.inTransaction(1, em -> {
            em.setDefaultReadOnly(true);
            em.find(Box.class, ID).name = "kept to itself, as Hibernate has it";
            em.persist(Things.with(new Split(), 1, 50));
        });
        shop.inTransaction(1, em -> {
            assertThat(em.find(Box.class, ID).name).isEqualTo("box 1");
            em.remove(em.find(Split.class, new Ref(1, 50)));
        });
    }

    @Test
    void hintAndPropertyMustAgree() {
        EntityManager writing = emf.createEntityManager(Map.of(Shardloom.KEY, 1, "org.hibernate.readOnly", false));
        try (writing) {
            writing.getTransaction().begin();
            writing.find(Box.class, ID, LockModeType.PESSIMISTIC_WRITE);
            writing.getTransaction().rollback();
        }
        assertThat(catchThrowable(() -> emf.createEntityManager(
                        Map.of(Shardloom.KEY, 1, Shardloom.READ_ONLY, true, "org.hibernate.readOnly", false))))
                .hasMessage("shardloom.read-only = true and org.hibernate.readOnly = false contradict each other. Give"
                        + " one of them.");
        assertThat(catchThrowable(
                        () -> emf.createEntityManager(Map.of(Shardloom.KEY, 1, "org.hibernate.readOnly", "yes"))))
                .hasMessage("org.hibernate.readOnly = yes. Give true or false.");
    }

    private static EntityManager jpa(Session session) {
        return session;
    }

    private static void refused(Door door, Consumer<Session> work, String message) {
        SENT.clear();
        var failure = catchThrowable(() -> door.work(work));

        assertThat(SENT).as(door.name()).isEmpty();
        assertThat(failure)
                .as(door.name())
                .isInstanceOf(ReadOnlyException.class)
                .hasMessageStartingWith(message)
                .hasMessageContaining("session");
    }
}
