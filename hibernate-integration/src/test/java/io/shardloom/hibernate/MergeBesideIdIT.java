package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hibernate.Hibernate;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.Test;

/** Whether a row is there that an object without a version stands for, where its key is beside the id. */
@WithCluster(nodes = 1)
class MergeBesideIdIT {
    static EmbeddedCluster cluster;

    @Entity(name = "Locker")
    public static class Locker {
        @Id
        public Integer id;

        @ShardKey
        public UUID ownerId;

        public String name;

        protected Locker() {}

        Locker(int id, String name) {
            this.id = id;
            this.name = name;
        }
    }

    @Entity(name = "Ticket")
    public static class Ticket {
        @Id
        public Integer id;

        @ShardKey
        public UUID ownerId;

        @ManyToOne(fetch = FetchType.LAZY)
        public Locker locker;

        protected Ticket() {}

        Ticket(int id, Locker locker) {
            this.id = id;
            this.locker = locker;
        }
    }

    @Test
    void isLookedForWhereTheObjectWasNeverLoaded() {
        try (var emf = Boot.on(cluster, Locker.class, Ticket.class)
                .with(Units.ACTION, "drop-and-create")
                .open()) {
            var shop = Shardloom.of(emf);
            var ann = shop.newUuid();
            shop.inTransaction(ann, em -> {
                var locker = new Locker(1, "of Ann");
                em.persist(locker);
                em.persist(new Ticket(2, locker));
            });
            Locker unloaded = shop.readOnly(ann, em -> em.find(Ticket.class, 2).locker);
            assertThat(Hibernate.isInitialized(unloaded)).isFalse();

            shop.inCluster(session -> {
                var locker = session.merge(unloaded);
                assertThat(locker.ownerId).isEqualTo(ann);
                locker.name = "changed";
            });

            assertThat(shop.<String>readOnly(ann, em -> em.find(Locker.class, 1).name))
                    .isEqualTo("changed");
            shop.inTransaction(ann, em -> {
                em.createMutationQuery("delete Ticket").executeUpdate();
                em.createMutationQuery("delete Locker").executeUpdate();
            });
            assertThatThrownBy(() -> shop.inCluster(session -> session.merge(unloaded)))
                    .isInstanceOf(EntityNotFoundException.class)
                    .hasMessage("Cannot merge MergeBesideIdIT$Locker 1: it was never loaded, and no node has its row.");
        }
    }

    @Test
    void isAskedOfTheRowsOfTheSessionsKey() {
        List<String> sent = new CopyOnWriteArrayList<>();
        try (var emf = Boot.on(cluster, Locker.class)
                .with(Units.ACTION, "drop-and-create")
                .with("hibernate.session_factory.statement_inspector", (StatementInspector) sql -> {
                    sent.add(sql);
                    return sql;
                })
                .open()) {
            var shop = Shardloom.of(emf);
            var ann = shop.newUuid();
            var bob = shop.newUuid();
            shop.inTransaction(ann, em -> em.persist(new Locker(1, "of Ann")));
            sent.clear();

            shop.inTransaction(bob, em -> em.merge(new Locker(1, "of Bob"))); // one of his own, with the same id
            shop.inTransaction(bob, em -> em.merge(new Locker(1, "still of Bob")));

            assertThat(sent).allMatch(sql -> sql.startsWith("insert") || sql.contains("ownerId=?"));
            assertThat(shop.<String>readOnly(ann, em -> em.find(Locker.class, 1).name))
                    .isEqualTo("of Ann");
            assertThat(shop.<String>readOnly(bob, em -> em.find(Locker.class, 1).name))
                    .isEqualTo("still of Bob");
        }
    }
}
