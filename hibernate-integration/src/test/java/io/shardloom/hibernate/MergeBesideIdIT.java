package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
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

    @Test
    void isAskedOfTheRowsOfTheSessionsKey() {
        List<String> sent = new CopyOnWriteArrayList<>();
        try (var emf = Boot.on(cluster, Locker.class)
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
