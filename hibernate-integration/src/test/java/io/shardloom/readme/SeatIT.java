package io.shardloom.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.ManyToOne;
import java.util.HashMap;
import java.util.Map;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.Test;

/** The shortest mapping of an association, and an id of three attributes. */
@WithCluster(nodes = 2)
class SeatIT {
    @Entity(name = "Theatre")
    static class Theatre {
        @Id
        @ShardKey
        public Integer id;
    }

    record SeatId(Integer owner, String line, int place) {}

    @Entity(name = "Seat")
    @IdClass(SeatId.class)
    static class Seat {
        @Id
        @ShardKey
        public Integer owner;

        @Id
        public String line;

        @Id
        public int place;

        @ManyToOne
        public Theatre theatre;
    }

    @Test
    void findsASeatOfATheatre(EmbeddedCluster cluster) {
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        properties.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        var unit = new HibernatePersistenceConfiguration("seats").managedClasses(Theatre.class, Seat.class);
        unit.properties(properties);
        try (var emf = unit.createEntityManagerFactory()) {
            var shop = Shardloom.of(emf);
            var theatre = 5;
            shop.inTransaction(theatre, em -> {
                var made = new Theatre();
                em.persist(made);
                var seat = new Seat();
                seat.line = "A";
                seat.place = 1;
                seat.theatre = made;
                em.persist(seat);
            });

            assertThat(find(shop, theatre).theatre.id).isEqualTo(5);
        }
    }

    private static Seat find(Shardloom shop, int theatre) {
        Seat seat = shop.readOnly(theatre, em -> em.find(Seat.class, Map.of("line", "A", "place", 1)));
        return seat;
    }
}
