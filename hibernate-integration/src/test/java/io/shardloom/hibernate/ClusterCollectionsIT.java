package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Column;
import jakarta.persistence.DiscriminatorType;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hibernate.annotations.AnyDiscriminator;
import org.hibernate.annotations.AnyDiscriminatorValue;
import org.hibernate.annotations.AnyKeyJavaClass;
import org.hibernate.annotations.ManyToAny;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Collections that Hibernate writes as a whole, or loads with joins of its own, in cluster sessions as in those of a key. */
@WithCluster(nodes = 2)
class ClusterCollectionsIT {
    static EntityManagerFactory emf;
    static Shardloom shop;

    record MemberId(Integer club, Integer num) {}

    @Entity(name = "Member")
    @IdClass(MemberId.class)
    public static class Member {
        @Id
        @ShardKey
        public Integer club;

        @Id
        public Integer num;

        protected Member() {}

        Member(int club, int num) {
            this.club = club;
            this.num = num;
        }
    }

    @Entity(name = "Badge")
    public static class Badge {
        @Id
        @ShardKey
        public Integer club;

        protected Badge() {}

        Badge(int club) {
            this.club = club;
        }
    }

    @Entity(name = "Land")
    @ReferenceTable
    public static class Land {
        @Id
        public Integer code;

        protected Land() {}

        Land(int code) {
            this.code = code;
        }
    }

    @Entity(name = "Club")
    public static class Club {
        @Id
        @ShardKey
        public Integer id;

        /** Without places, so any change of it deletes and inserts all its rows. */
        @ManyToMany
        @JoinTable(
                joinColumns = @JoinColumn(name = "owner"),
                inverseJoinColumns = {
                    @JoinColumn(name = "member_club", referencedColumnName = "club"),
                    @JoinColumn(name = "member_num", referencedColumnName = "num")
                })
        public List<Member> members = new ArrayList<>();

        @ManyToAny(fetch = FetchType.LAZY)
        @AnyDiscriminator(DiscriminatorType.STRING)
        @AnyDiscriminatorValue(discriminator = "B", entity = Badge.class)
        @AnyDiscriminatorValue(discriminator = "L", entity = Land.class)
        @AnyKeyJavaClass(Integer.class)
        @Column(name = "kind")
        @JoinTable(
                name = "club_thing",
                joinColumns = @JoinColumn(name = "owner"),
                inverseJoinColumns = @JoinColumn(name = "thing"))
        public List<Object> things = new ArrayList<>();

        protected Club() {}

        Club(int id) {
            this.id = id;
        }
    }

    @BeforeAll
    static void open(EmbeddedCluster cluster) {
        emf = Boot.on(cluster, Club.class, Member.class, Badge.class, Land.class)
                .open();
        shop = Shardloom.of(emf);
        shop.inCluster(session -> session.persist(new Land(7)));
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    /** Clubs of both nodes. */
    static Stream<Integer> clubs() {
        return Stream.of("n1", "n2").map(node -> IntStream.iterate(1, i -> i + 1)
                .filter(club -> shop.explain(club).location().node().name().equals(node))
                .findFirst()
                .orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("clubs")
    void areChangedWhereAllRowsAreWrittenAnew(int id) {
        inCluster(id, club -> {});
        shop.inCluster(session -> {
            for (int num = 1; num <= 4; num++) {
                var member = new Member(id, num);
                session.persist(member);
                session.find(Club.class, id).members.add(member);
            }
        });

        inCluster(id, club -> club.members.removeIf(member -> member.num == 2));

        assertThat(members(id)).containsExactlyInAnyOrder(1, 3, 4);

        inCluster(id, club -> club.members.clear());

        assertThat(members(id)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("clubs")
    void leadToAnythingOfTheirOwnKeyAndToReferenceTables(int id) {
        inCluster(id, club -> {});
        shop.inCluster(session -> {
            session.persist(new Badge(id));
            session.find(Club.class, id)
                    .things
                    .addAll(List.of(session.find(Badge.class, id), session.find(Land.class, 7)));
        });

        inCluster(id, club -> {
            assertThat(club.things)
                    .hasSize(2)
                    .hasAtLeastOneElementOfType(Badge.class)
                    .hasAtLeastOneElementOfType(Land.class);
            club.things.removeIf(Land.class::isInstance);
        });

        List<Object> left = shop.readOnly(id, session -> List.copyOf(session.find(Club.class, id).things));
        assertThat(left).singleElement().isInstanceOfSatisfying(Badge.class, badge -> assertThat(badge.club)
                .isEqualTo(id));
    }

    @Test
    void areLoadedByQueriesOverAllNodes() {
        clubs().forEach(id -> shop.inCluster(session -> {
            var club = new Club(100 + id);
            session.persist(club);
            club.things.add(session.find(Land.class, 7));
        }));

        shop.readCluster(session -> {
            assertThat(session.query("from Club where id > 100", Club.class).getResultList())
                    .hasSize(2)
                    .allSatisfy(club -> assertThat(club.things)
                            .singleElement()
                            .isInstanceOfSatisfying(
                                    Land.class, land -> assertThat(land.code).isEqualTo(7)));
            return true;
        });
    }

    /** Changes a club, which is made where it is not there yet. */
    private static void inCluster(int id, Consumer<Club> work) {
        shop.inCluster(session -> {
            var club = session.find(Club.class, id);
            if (club == null) {
                session.persist(new Club(id));
            } else {
                work.accept(club);
            }
        });
    }

    private static List<Integer> members(int id) {
        return shop.readOnly(id, session -> session.find(Club.class, id).members.stream()
                .map(member -> member.num)
                .toList());
    }
}
