package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.RefusedQueryException;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToOne;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Joins for which Hibernate has no place, or the wrong one, for the key. */
@WithCluster(nodes = 1)
class KeyedJoinsIT {
    private static EntityManagerFactory emf;
    private static Shardloom zoo;

    public record Key(Integer zoo, Integer id) {}

    @Entity(name = "Food")
    @ReferenceTable
    public static class Food {
        @Id
        public String name;
    }

    @Entity(name = "Keeper")
    @IdClass(Key.class)
    public static class Keeper {
        @Id
        @ShardKey
        public Integer zoo;

        @Id
        public Integer id;
    }

    @Entity(name = "Animal")
    @IdClass(Key.class)
    @Inheritance(strategy = InheritanceType.JOINED)
    public static class Animal {
        @Id
        @ShardKey
        public Integer zoo;

        @Id
        public Integer id;

        @ManyToOne
        public Food food;

        public int weight;
    }

    @Entity(name = "Bird")
    public static class Bird extends Animal {
        public int wings = 2;
    }

    @BeforeAll
    static void open(EmbeddedCluster cluster) {
        emf = Boot.on(cluster, Food.class, Keeper.class, Animal.class, Bird.class)
                .open();
        zoo = Shardloom.of(emf);
        var hay = new Food();
        hay.name = "hay";
        var nuts = new Food();
        nuts.name = "nuts";
        zoo.inCluster(session -> {
            session.persist(hay);
            session.persist(nuts);
        });
        for (int key = 1; key <= 3; key++) {
            int size = key;
            zoo.inTransaction(key, em -> {
                for (int id = 1; id <= 2 * size; id++) {
                    var bird = new Bird();
                    bird.id = id;
                    bird.food = size == 1 ? nuts : hay;
                    em.persist(bird);
                    var keeper = new Keeper();
                    keeper.id = id;
                    em.persist(keeper);
                }
            });
        }
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            select count(*) from Keeper k cross join Animal a                                        | 4
            select count(*) from Food f cross join Bird b                                            | 4
            select count(*) from Keeper k cross join Bird b left join Animal a on a.id = b.id        | 4
            select count(*) from Food f where exists (select 1 from Food x cross join Keeper k where k.zoo > 1) | 0
            select count(*) from Keeper k where k.id in (select a.id + 1 from Food f cross join Animal a) | 1
            """)
    void crossJoinsSeeTheRowsOfTheKey(String hql, long rows) {
        long seen = zoo.<Long>readOnly(
                1, em -> em.createSelectionQuery(hql, Long.class).getSingleResult());

        assertThat(seen).isEqualTo(rows);
    }

    @Test
    void bulkStatementsWithACrossJoinSeeTheRowsOfTheKey() {
        int deleted = zoo.<Integer>fromTransaction(1, em -> em.createMutationQuery(
                        "delete from Keeper where id in (select k.id - 2 from Food f cross join Keeper k where k.zoo = 2)")
                .executeUpdate());

        assertThat(deleted).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update Bird set weight = 1 where id in (select k.id from Food f cross join Keeper k)",
                "delete from Bird where id in (select k.id from Food f cross join Keeper k)",
                "insert into Bird (id, wings, weight) select k.id + 90, 2, 1 from Food f cross join Keeper k",
            })
    void refusesCrossJoinsInBulkStatementsOnSeveralTables(String hql) {
        assertThatThrownBy(() ->
                        zoo.inTransaction(1, em -> em.createMutationQuery(hql).executeUpdate()))
                .isInstanceOf(RefusedQueryException.class)
                .hasMessageContaining("has no cross join in a key session")
                .hasMessageContaining("Write 'from A a, B b', or 'join B b on true'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select count(*) from Food f right join Animal a on a.food = f",
                "select count(*) from Food f full join Keeper k on k.id = 1",
                "select count(*) from Animal a right join a.food f",
                "select count(*) from Animal a full join a.food f",
                "select count(*) from Animal a right join Keeper k on k.id = a.id + 1",
                "select count(*) from Food f where exists (select 1 from Animal a right join Food x on a.food = x)",
            })
    void refusesJoinsThatKeepRowsWithoutAKey(String hql) {
        assertThatThrownBy(() -> zoo.readOnly(
                        1, em -> em.createSelectionQuery(hql, Long.class).getSingleResult()))
                .isInstanceOf(RefusedQueryException.class)
                .hasMessageContaining("Write it as a left join that starts from the other side");
    }

    @Test
    void joinsReferenceTablesInEveryWay() {
        long foods = zoo.<Long>readOnly(1, em -> em.createSelectionQuery(
                        "select count(*) from Food f full join Food g on g.name = concat(f.name, '!')", Long.class)
                .getSingleResult());

        assertThat(foods).isEqualTo(4);
    }

    @Test
    void aWholeNodeJoinsInEveryWay() {
        long rows = zoo.query(
                        "select count(*) from Keeper k right join Animal a on a.zoo = k.zoo and a.id = k.id + 1",
                        Long.class)
                .getSingleResult();

        assertThat(rows).isEqualTo(12);
    }
}
