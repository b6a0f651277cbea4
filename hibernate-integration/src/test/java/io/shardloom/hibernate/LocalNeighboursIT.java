package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import org.hibernate.Hibernate;
import org.junit.jupiter.api.Test;

/** A sharded entity points to a local table of the one node that holds all of its group. */
@WithCluster(nodes = 2)
class LocalNeighboursIT {
    static EmbeddedCluster cluster;

    @Entity(name = "Tariff")
    @LocalTable(node = "n2")
    public static class Tariff {
        @Id
        public String name;
    }

    @Entity(name = "Room")
    public static class Room {
        @Id
        @ShardKey
        public Integer id;

        @ManyToOne(fetch = FetchType.LAZY)
        public Tariff tariff;
    }

    @Test
    void loadsItLazilyAndRefusesItOnTheOtherNode() throws Exception {
        try (var emf = Boot.on(cluster, Tariff.class, Room.class)
                .with("shardloom.shards", "4")
                .with("shardloom.group.default.nodes", "n2")
                .with(Units.ACTION, "drop-and-create")
                .open()) {
            var shop = Shardloom.of(emf);
            shop.inNodeTransaction("n2", em -> {
                var tariff = new Tariff();
                tariff.name = "night";
                em.persist(tariff);
            });

            shop.inTransaction(1, em -> {
                var room = new Room();
                room.tariff = em.getReference(Tariff.class, "night");
                em.persist(room);
            });

            shop.inTransaction(1, em -> {
                var room = em.find(Room.class, 1);
                assertThat(Hibernate.isInitialized(room.tariff)).isFalse();
                assertThat(Hibernate.unproxy(room.tariff, Tariff.class).name).isEqualTo("night");
            });
            assertThat(catchThrowable(() -> shop.inNodeTransaction(
                            "n1", em -> em.createQuery("from Room r join fetch r.tariff", Room.class)
                                    .getResultList())))
                    .isExactlyInstanceOf(WrongShardKeyException.class)
                    .hasMessageContaining("Cannot read LocalNeighboursIT$Tariff: its table Tariff is on node n2 only");
            assertThat(cluster.node("n1").primary().value("select to_regclass('tariff') is null"))
                    .isEqualTo("t");
        }
    }
}
