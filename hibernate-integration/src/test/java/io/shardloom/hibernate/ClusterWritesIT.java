package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.MissingShardKeyException;
import io.shardloom.failure.NoShardForKeyException;
import io.shardloom.failure.RefusedQueryException;
import io.shardloom.failure.RolledBackException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.office.Citizen;
import io.shardloom.hibernate.office.Guest;
import io.shardloom.hibernate.office.Member;
import io.shardloom.hibernate.office.Notice;
import io.shardloom.hibernate.office.Visit;
import io.shardloom.hibernate.office.Weather;
import io.shardloom.id.ShardedUuids;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.PostCommitInsertEventListener;
import org.hibernate.event.spi.PostInsertEvent;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.IllegalMutationQueryException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 3)
class ClusterWritesIT {
    static final List<String> AFTER_COMMIT = new ArrayList<>();
    static EmbeddedCluster cluster;
    static EntityManagerFactory emf;
    static Shardloom office;

    @BeforeAll
    static void open(EmbeddedCluster given) {
        cluster = given;
        emf = Units.open(
                "office",
                cluster,
                "hibernate.jdbc.batch_size",
                "50",
                "hibernate.generate_statistics",
                "true",
                "shardloom.hikari.maximumPoolSize",
                "4");
        office = Shardloom.of(emf);
        emf.unwrap(org.hibernate.engine.spi.SessionFactoryImplementor.class)
                .getEventListenerRegistry()
                .appendListeners(EventType.POST_COMMIT_INSERT, new PostCommitInsertEventListener() {
                    @Override
                    public void onPostInsert(PostInsertEvent event) {
                        AFTER_COMMIT.add(
                                "committed " + event.getEntity().getClass().getSimpleName());
                    }

                    @Override
                    public void onPostInsertCommitFailed(PostInsertEvent event) {
                        AFTER_COMMIT.add(
                                "failed " + event.getEntity().getClass().getSimpleName());
                    }

                    @Override
                    public boolean requiresPostCommitHandling(EntityPersister persister) {
                        return true;
                    }
                });
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @BeforeEach
    void clear() throws SQLException {
        for (var node : cluster.nodes()) {
            node.primary()
                    .execute("truncate visit, member, guest, citizen, weather", "truncate shardloom.atomic_decision");
        }
        AFTER_COMMIT.clear();
    }

    private static long count(String node, String table) throws SQLException {
        return Long.parseLong(cluster.node(node).primary().value("select count(*) from " + table));
    }

    private static long decisions() throws SQLException {
        long decisions = 0;
        for (var node : cluster.nodes()) {
            decisions += count(node.name(), "shardloom.atomic_decision");
        }
        return decisions;
    }

    private static UUID memberOn(String node) {
        return Stream.generate(office::newUuid)
                .filter(id -> office.explain(office.key("people", id))
                        .location()
                        .node()
                        .name()
                        .equals(node))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void numbersRowsInTheirOrderAndSendsEachToTheNodeOfItsKey() throws SQLException {
        var users = List.of(new Citizen("João", "Brasil"), new Citizen("Sophie", "França"), new Citizen("John", "EUA"));

        office.inCluster(session -> session.persistAll(users));

        assertThat(users.get(1).id).isEqualTo(users.get(0).id + 1);
        assertThat(users.get(2).id).isEqualTo(users.get(0).id + 2);
        assertThat(count("n1", "citizen")).isEqualTo(2);
        assertThat(count("n2", "citizen")).isEqualTo(1);
        assertThat(decisions()).isEqualTo(1);
        office.inCluster(session -> assertThat(session.query("select name from Citizen order by id", String.class)
                        .getResultList())
                .containsExactly("João", "Sophie", "John"));
    }

    @Test
    void makesAnIdThatIsTheKeyBeforeItChoosesTheNode() throws SQLException {
        var names = List.of("Ann", "Bob", "Cid", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida");

        office.inCluster(session -> names.forEach(name -> session.persist(new Guest(name))));

        assertThat(count("n1", "guest") + count("n2", "guest") + count("n3", "guest"))
                .isEqualTo(9);
        office.inCluster(session -> {
            var guests = session.query("from Guest order by id", Guest.class).getResultList();
            assertThat(guests).extracting(guest -> guest.name).containsExactlyElementsOf(names);
            guests.forEach(guest -> assertThat(office.<String>readOnly(
                            office.key("guests", guest.id), em -> em.find(Guest.class, guest.id).name))
                    .isEqualTo(guest.name));
        });
    }

    @Test
    void makesUuidsThatCarryTheHashOfTheirOwnKeys() {
        var ids = Stream.of("n1", "n2", "n3").map(ClusterWritesIT::memberOn).toList();
        var visits = ids.stream().map(id -> new Visit(id, 5)).toList();

        office.inCluster(session -> {
            ids.forEach(id -> session.persist(new Member(id, "visitor")));
            session.flush();
            session.persistAll(visits);
        });

        for (var visit : visits) {
            long hash = office.sharding()
                    .group("people")
                    .strategy()
                    .hashOf(visit.memberId)
                    .orElseThrow();
            assertThat(ShardedUuids.hashBits(visit.id)).isEqualTo((int) (hash & ((1 << ShardedUuids.HASH_BITS) - 1)));
        }
    }

    @Test
    void batchesAYearOfReadingsOnEachNode() throws SQLException {
        var start = LocalDate.of(2016, 1, 1);
        var statistics = emf.unwrap(SessionFactory.class).getStatistics();
        long before = statistics.getPrepareStatementCount();

        office.inCluster(session -> session.persistAll(IntStream.range(0, 366)
                .mapToObj(day -> new Weather(start.plusDays(day), day))
                .toList()));

        assertThat(statistics.getPrepareStatementCount() - before).isEqualTo(3); // one for each node
        assertThat(count("n1", "weather")).isEqualTo(121);
        assertThat(count("n2", "weather")).isEqualTo(123);
        assertThat(count("n3", "weather")).isEqualTo(122);
        assertThat(decisions()).isEqualTo(1);
    }

    @Test
    void commitsPlainlyWhereOneNodeAloneIsWrittenTo() throws SQLException {
        office.inCluster(session ->
                session.persistAll(List.of(new Member(memberOn("n1"), "one"), new Member(memberOn("n2"), "two"))));
        long before = decisions();

        office.inCluster(session -> {
            assertThat(session.query("from Member", Member.class).getResultList())
                    .hasSize(2);
            session.persist(new Member(memberOn("n3"), "three"));
        });

        assertThat(decisions()).isEqualTo(before);
        assertThat(count("n3", "member")).isEqualTo(1);
    }

    @Test
    void mergesRemovesAndChangesRowsOfAllNodes() {
        var ids = Stream.of("n1", "n2", "n3").map(ClusterWritesIT::memberOn).toList();
        office.inCluster(session -> ids.forEach(id -> session.persist(new Member(id, "new"))));
        var detached = new Member(ids.get(0), "merged");

        office.inCluster(session -> {
            session.merge(detached);
            session.find(Member.class, ids.get(1)).name = "changed";
            session.remove(session.find(Member.class, ids.get(2)));
        });

        office.inCluster(session -> assertThat(session.query("select name from Member order by name", String.class)
                        .getResultList())
                .containsExactly("changed", "merged"));
    }

    @Test
    void removesAndChangesRowsWhoseKeyIsBesideTheId() throws SQLException {
        var users = List.of(new Citizen("Ana", "Brasil"), new Citizen("Eva", "Espanha"), new Citizen("Jo", "EUA"));
        office.inCluster(session -> session.persistAll(users));

        office.inCluster(session -> {
            session.remove(session.find(Citizen.class, users.get(1).id));
            session.merge(users.get(0)).name = "Anna";
        });

        assertThat(count("n2", "citizen")).isZero();
        assertThat(cluster.node("n1").primary().value("select string_agg(name, ',' order by name) from citizen"))
                .isEqualTo("Anna,Jo");
        assertThatThrownBy(
                        () -> office.inCluster(session -> session.find(Citizen.class, users.get(0).id).country = "EUA"))
                .isInstanceOf(WrongShardKeyException.class)
                .hasMessage("Cannot change country of Citizen from Brasil to EUA: the shard key of a row never changes."
                        + " Insert the row under its new key and delete the old one.");
    }

    @Test
    void writesLocalTablesOnTheirNodeInTheSameCommit() throws SQLException {
        office.inCluster(session -> {
            session.persist(new Notice("closed on Monday"));
            session.persist(new Member(memberOn("n1"), "Ann"));
        });

        assertThat(cluster.node("n2").primary().value("select text from notice"))
                .isEqualTo("closed on Monday");
        assertThat(decisions()).isEqualTo(1);
    }

    @Test
    void changesInBulkWhereTheRowsAre() throws SQLException {
        var ids = Stream.of("n1", "n2", "n3").map(ClusterWritesIT::memberOn).toList();
        office.inCluster(session -> ids.forEach(id -> {
            session.persist(new Member(id, "new"));
            session.persist(new Visit(id, 10));
        }));

        long all = office.<Long>fromCluster(session -> session.execute("update Visit set minutes = minutes + 1"));
        long one = office.<Long>fromCluster(
                session -> session.execute("update Member set name = 'old' where id = :id", Map.of("id", ids.get(0))));
        long some = office.<Long>fromCluster(session -> session.execute(
                "delete from Visit v where exists (select 1 from Member m where m.id = v.memberId and m.name = :name)",
                Map.of("name", "new")));

        assertThat(all).isEqualTo(3);
        assertThat(one).isEqualTo(1);
        assertThat(some).isEqualTo(2);
        assertThat(cluster.node("n1").primary().value("select minutes from visit"))
                .isEqualTo("11");
    }

    @Test
    void changesInBulkByCriteria() {
        office.inCluster(session -> session.persist(new Member(memberOn("n2"), "new")));
        var builder = emf.getCriteriaBuilder();
        var update = builder.createCriteriaUpdate(Member.class);
        update.set(update.from(Member.class).<String>get("name"), "newer");
        var delete = builder.createCriteriaDelete(Member.class);
        delete.where(builder.equal(delete.from(Member.class).get("name"), "newer"));

        assertThat(office.<Long>fromCluster(session -> session.execute(update))).isEqualTo(1);
        assertThat(office.<Long>fromCluster(session -> session.execute(delete))).isEqualTo(1);
    }

    @Test
    void refusesBulkStatementsThatDependOnHowRowsAreSpread() {
        assertThatThrownBy(() -> office.inCluster(session -> session.execute("update Visit set memberId = null")))
                .isInstanceOf(WrongShardKeyException.class)
                .hasMessageStartingWith("Cannot set memberId of Visit: the shard key of a row never changes.");
        office.inCluster(session -> {
            assertThatThrownBy(() ->
                            session.execute("delete from Visit where minutes > (select avg(v.minutes) from Visit v)"))
                    .isInstanceOf(RefusedQueryException.class)
                    .hasMessageContaining("nothing says that Visit v has the same shard key");
            assertThatThrownBy(() -> session.execute("insert into Member (id, name) select id, name from Member"))
                    .isInstanceOf(RefusedQueryException.class)
                    .hasMessageContaining("it inserts the rows of a query");
            assertThatThrownBy(() -> session.execute("from Member"))
                    .isInstanceOf(IllegalMutationQueryException.class)
                    .hasMessage("It is no update or delete. Give one, or use query. [from Member]");
        });
    }

    @Test
    void refusesAReferenceThatCrossesKeysBeforeAnySql() throws SQLException {
        var ann = new Member(memberOn("n1"), "Ann");
        var visit = new Visit(memberOn("n2"), 1);
        visit.member = ann;
        ann.visits.add(visit);

        assertThatThrownBy(() -> office.inCluster(session -> session.persist(ann)))
                .isInstanceOf(WrongShardKeyException.class)
                .hasMessageContaining("a row points to rows of its own key only");

        assertThat(count("n1", "member")).isZero();
    }

    @Test
    void refusesRowsThatNoNodeTakes() {
        assertThatThrownBy(() -> office.inCluster(session -> session.persist(new Member(null, "nobody"))))
                .isInstanceOf(MissingShardKeyException.class)
                .hasMessageContaining("null");
        assertThatThrownBy(() -> office.inCluster(session -> session.persist(new Citizen("Pedro", null))))
                .isInstanceOf(MissingShardKeyException.class)
                .hasMessage(
                        "Cannot persist Citizen: its country is null, so nothing says on which node it belongs. Set it.");
        assertThatThrownBy(() -> office.inCluster(session -> session.persist(new Citizen("Pedro", "Portugal"))))
                .isInstanceOf(NoShardForKeyException.class);
        assertThatThrownBy(() -> office.readCluster(session -> {
                    session.persist(new Citizen("Ana", "Brasil"));
                    return 1;
                }))
                .isInstanceOf(ShardloomException.class)
                .hasMessage(
                        "Cannot persist Citizen: the cluster session is read-only. Use Shardloom.of(emf).inCluster(…).");
    }

    @Test
    void commitsNothingWhereAFailureWasPassedOver() throws SQLException {
        var taken = memberOn("n1");
        office.inCluster(session -> session.persist(new Member(taken, "first")));

        assertThatThrownBy(() -> office.inCluster(session -> {
                    session.persist(new Member(memberOn("n2"), "other"));
                    session.persist(new Member(taken, "second"));
                    assertThatThrownBy(session::flush).isInstanceOf(PersistenceException.class);
                }))
                .isInstanceOf(RolledBackException.class)
                .hasMessageContaining("and the failure was passed over. Nothing is committed on any node.");

        assertThat(count("n2", "member")).isZero();
        assertThat(cluster.node("n1").primary().value("select name from member"))
                .isEqualTo("first");
    }

    @Test
    void commitsNothingWhereOneNodeRefusesAtTheEnd() throws SQLException {
        cluster.node("n2")
                .primary()
                .execute(
                        "create or replace function refuse() returns trigger language plpgsql as"
                                + " $$ begin raise exception 'not %', new.text; end $$",
                        "create constraint trigger refuse after insert on notice deferrable initially deferred"
                                + " for each row when (new.text = 'bad') execute function refuse()");

        assertThatThrownBy(() -> office.inCluster(session -> {
                    session.persist(new Member(memberOn("n1"), "Ann"));
                    session.persist(new Notice("bad"));
                    session.persist(new Member(memberOn("n3"), "Bob"));
                }))
                .isInstanceOf(RolledBackException.class)
                .hasMessageContaining("Node n2")
                .hasMessageContaining("not bad")
                .hasMessageContaining("Nothing is committed on any node (n1, n2, n3).");

        assertThat(count("n1", "member")).isZero();
        assertThat(count("n3", "member")).isZero();
        assertThat(AFTER_COMMIT).containsOnly("failed Member", "failed Notice").hasSize(3);
        assertThat(office.transactionsInDoubt().inDoubt()).isEmpty();
    }

    @Test
    void tellsListenersOfTheCommitWhenAllNodesHaveCommitted() throws SQLException {
        office.inCluster(session ->
                session.persistAll(List.of(new Member(memberOn("n1"), "one"), new Member(memberOn("n2"), "two"))));

        assertThat(AFTER_COMMIT).containsExactly("committed Member", "committed Member");
    }

    @Test
    void commitsByHandAndRollsBackWithoutIt() throws SQLException {
        try (var session = office.openClusterSession(false)) {
            session.persist(new Member(memberOn("n1"), "one"));
            session.persist(new Member(memberOn("n2"), "two"));
            session.flush();
        }
        assertThat(count("n1", "member") + count("n2", "member")).isZero();

        try (var session = office.openClusterSession(false)) {
            session.persist(new Member(memberOn("n1"), "one"));
            session.commit();
            session.commit();
            assertThatThrownBy(() -> session.persist(new Member(memberOn("n1"), "late")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("The cluster session has been committed or rolled back. Open a new one.");
        }
        assertThat(count("n1", "member")).isEqualTo(1);
    }
}
