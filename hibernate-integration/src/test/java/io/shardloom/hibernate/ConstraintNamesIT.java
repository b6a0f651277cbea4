package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.hibernate.exception.ConstraintViolationException.ConstraintKind.CHECK;
import static org.hibernate.exception.ConstraintViolationException.ConstraintKind.FOREIGN_KEY;
import static org.hibernate.exception.ConstraintViolationException.ConstraintKind.UNIQUE;

import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.CheckConstraint;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ForeignKey;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinColumns;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.ConstraintViolationException.ConstraintKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A violated constraint is told by the name it was declared by, whatever PostgreSQL calls it in a partition. */
@WithCluster(nodes = 2)
class ConstraintNamesIT {
    static EmbeddedCluster cluster;

    public record Key(UUID ownerId, Integer id) {}

    @Entity(name = "Hall")
    @IdClass(Key.class)
    @Table(
            uniqueConstraints = @UniqueConstraint(name = "one_hall_of_a_name", columnNames = "name"),
            check = @CheckConstraint(name = "has_seats", constraint = "seats > 0"))
    public static class Hall {
        @Id
        @ShardKey
        public UUID ownerId;

        @Id
        public Integer id;

        public String name;
        public int seats;

        protected Hall() {}

        Hall(int id, String name, int seats) {
            this.id = id;
            this.name = name;
            this.seats = seats;
        }
    }

    @Entity(name = "Concert")
    @IdClass(Key.class)
    public static class Concert {
        @Id
        @ShardKey
        public UUID ownerId;

        @Id
        public Integer id;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumns(
                value = {
                    @JoinColumn(name = "ownerId", referencedColumnName = "ownerId"),
                    @JoinColumn(name = "hallId", referencedColumnName = "id")
                },
                foreignKey = @ForeignKey(name = "concert_in_a_hall"))
        public Hall hall;

        protected Concert() {}

        Concert(int id, Hall hall) {
            this.id = id;
            this.hall = hall;
        }
    }

    @ParameterizedTest
    @CsvSource({"partitioned, refused", "partitioned, unchecked", "plain, refused"})
    void tellsTheDeclaredNameAndTheKind(String layout, String nativeSql) {
        try (var emf = Boot.on(cluster, Hall.class, Concert.class)
                .with("shardloom.layout", layout)
                .with("shardloom.shards", "8")
                .with("shardloom.native-sql", nativeSql)
                .with(Units.ACTION, "drop-and-create")
                .open()) {
            var shop = Shardloom.of(emf);
            for (var key : keysOnBothNodes(shop)) {
                shop.inTransaction(key, em -> {
                    var hall = new Hall(1, "Large Hall", 900);
                    em.persist(hall);
                    em.persist(new Concert(1, hall));
                });

                violates(shop, key, UNIQUE, "one_hall_of_a_name", em -> em.persist(new Hall(2, "Large Hall", 900)));
                violates(shop, key, UNIQUE, "hall_pkey", em -> em.persist(new Hall(1, "Small Hall", 90)));
                violates(shop, key, CHECK, "has_seats", em -> em.persist(new Hall(3, "Ruin", 0)));
                violates(
                        shop,
                        key,
                        FOREIGN_KEY,
                        "concert_in_a_hall",
                        em -> em.persist(new Concert(2, em.getReference(Hall.class, 9))));
                violates(shop, key, FOREIGN_KEY, "concert_in_a_hall", em -> em.createMutationQuery("delete from Hall")
                        .executeUpdate());
            }
        }
    }

    private static List<UUID> keysOnBothNodes(Shardloom shop) {
        return cluster.nodes().stream()
                .map(node -> {
                    var key = shop.newUuid();
                    while (!shop.explain(key).location().node().name().equals(node.name())) {
                        key = shop.newUuid();
                    }
                    return key;
                })
                .toList();
    }

    private static void violates(Shardloom shop, UUID key, ConstraintKind kind, String name, Consumer<Session> work) {
        try (var em = shop.openSession(key)) {
            em.beginTransaction();
            var failure = catchThrowableOfType(ConstraintViolationException.class, () -> {
                work.accept(em);
                em.flush();
            });
            em.getTransaction().rollback();

            assertThat(failure).as(name).isNotNull();
            assertThat(failure.getConstraintName()).isEqualTo(name);
            assertThat(failure.getKind()).isEqualTo(kind);
        }
    }
}
