package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OptimisticLockException;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.OptimisticLockType;
import org.hibernate.annotations.OptimisticLocking;
import org.junit.jupiter.api.Test;

/** Rows whose key is beside their id, locked by what they held when they were loaded. */
@WithCluster
class LockedByValuesIT {
    private static EmbeddedCluster cluster;

    @Entity(name = "Whole")
    @OptimisticLocking(type = OptimisticLockType.ALL)
    @DynamicUpdate
    static class Whole extends Named {}

    @Entity(name = "Changed")
    @OptimisticLocking(type = OptimisticLockType.DIRTY)
    @DynamicUpdate
    static class Changed extends Named {}

    @MappedSuperclass
    abstract static class Named {
        @Id
        int id;

        @ShardKey
        UUID ownerId;

        String name = "new";
    }

    @Test
    void areChangedAndDeletedForTheirKeyAlone() {
        try (var emf = Boot.on(cluster, Whole.class, Changed.class)
                .with("shardloom.shards", "1")
                .open()) {
            var shop = Shardloom.of(emf);
            var ann = shop.newUuid();
            var bob = shop.newUuid();
            for (var type : List.of(Whole.class, Changed.class)) {
                for (var key : List.of(ann, bob)) {
                    shop.inTransaction(key, em -> {
                        em.persist(named(type, 1));
                        em.persist(named(type, 2));
                    });
                }

                shop.inTransaction(ann, em -> em.find(type, 1).name = "changed");
                shop.inTransaction(ann, em -> em.remove(em.find(type, 2)));

                assertThat(names(shop, ann, type)).containsExactly("changed");
                assertThat(names(shop, bob, type)).containsExactly("new", "new");
                assertThatThrownBy(() -> shop.inTransaction(ann, em -> {
                            var row = em.find(type, 1);
                            shop.inTransaction(ann, other -> other.find(type, 1).name = "other");
                            row.name = "late";
                        }))
                        .hasCauseInstanceOf(OptimisticLockException.class);
                assertThat(names(shop, ann, type)).containsExactly("other");
            }
        }
    }

    private static Named named(Class<? extends Named> type, int id) {
        var row = type == Whole.class ? new Whole() : new Changed();
        row.id = id;
        return row;
    }

    private static List<String> names(Shardloom shop, UUID key, Class<? extends Named> type) {
        return shop.fromTransaction(
                key, em -> em.createQuery("select name from " + type.getSimpleName() + " order by id", String.class)
                        .getResultList());
    }
}
