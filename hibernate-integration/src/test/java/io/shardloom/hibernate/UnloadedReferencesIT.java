package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * References that are not loaded, to rows whose key is beside the id, in the plain layout: neither the reference nor the
 * foreign key tells whose row it is.
 */
@WithCluster(nodes = 1)
class UnloadedReferencesIT {
    private static final List<String> SENT = new CopyOnWriteArrayList<>();

    static EmbeddedCluster cluster;
    private static EntityManagerFactory emf;
    private static Shardloom shop;

    private UUID own;
    private int ownBranch;
    private int othersBranch;
    private static int ids;

    @Entity(name = "Branch")
    public static class Branch {
        @Id
        public Integer id;

        @ShardKey
        public UUID ownerId;

        protected Branch() {}

        Branch(int id) {
            this.id = id;
        }
    }

    @Entity(name = "Desk")
    public static class Desk {
        @Id
        public Integer id;

        @ShardKey
        public UUID ownerId;

        @ManyToOne(fetch = FetchType.LAZY)
        public Branch branch;

        protected Desk() {}

        Desk(int id, Branch branch) {
            this.id = id;
            this.branch = branch;
        }
    }

    @BeforeAll
    static void open() {
        emf = Boot.on(cluster, Branch.class, Desk.class)
                .with("shardloom.layout", "plain")
                .with("hibernate.session_factory.statement_inspector", (StatementInspector) sql -> {
                    SENT.add(sql);
                    return sql;
                })
                .with(Units.ACTION, "drop-and-create")
                .open();
        shop = Shardloom.of(emf);
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @BeforeEach
    void twoBranches() {
        own = shop.newUuid();
        ownBranch = branch(own);
        othersBranch = branch(shop.newUuid());
        SENT.clear();
    }

    private static int branch(UUID key) {
        int id = ++ids;
        shop.inTransaction(key, em -> em.persist(new Branch(id)));
        return id;
    }

    @Test
    void oneOfTheSameKeyIsLookedForOnceAndWritten() {
        int desk = ++ids;

        shop.inTransaction(own, em -> em.persist(new Desk(desk, em.getReference(Branch.class, ownBranch))));

        assertThat(SENT).hasSize(2);
        assertThat(SENT.get(0)).startsWith("select").contains("from Branch").contains("ownerId=?");
        assertThat(SENT.get(1)).startsWith("insert into Desk");
        assertThat(shop.<Integer>readOnly(
                        own, em -> em.createQuery("select branch.id from Desk where id = " + desk, Integer.class)
                                .getSingleResult()))
                .isEqualTo(ownBranch);
    }

    @Test
    void oneOfAnotherKeyIsRefused() {
        refused(em -> em.persist(new Desk(++ids, em.getReference(Branch.class, othersBranch))));

        int desk = ++ids;
        shop.inTransaction(own, em -> em.persist(new Desk(desk, null)));
        refused(em -> em.find(Desk.class, desk).branch = em.getReference(Branch.class, othersBranch));
        assertThat(shop.<Branch>readOnly(own, em -> em.find(Desk.class, desk).branch))
                .isNull();
    }

    @Test
    void oneThatIsWrittenByTheSameFlushIsNotLookedFor() {
        int branch = ++ids;

        shop.inTransaction(own, em -> {
            var reference = new Branch(branch);
            em.persist(reference);
            em.persist(new Desk(++ids, em.getReference(Branch.class, branch)));
        });

        assertThat(SENT).noneMatch(sql -> sql.startsWith("select"));
    }

    private void refused(Consumer<Session> work) {
        SENT.clear();
        assertThat(catchThrowable(() -> shop.inTransaction(own, work)))
                .isExactlyInstanceOf(WrongShardKeyException.class)
                .hasMessageStartingWith("Cannot point UnloadedReferencesIT$Desk.branch to UnloadedReferencesIT$Branch "
                        + othersBranch + ": the session is bound to default:" + own
                        + ", which has no such row, and a row points to rows of its own key only.");
        assertThat(SENT).allMatch(sql -> sql.startsWith("select"));
    }
}
