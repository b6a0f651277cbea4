package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.ShardloomException;
import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapsId;
import jakarta.persistence.OneToOne;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.query.MutationQuery;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inserts by a query, and upserts, in key sessions: rows get the session's key, and no other key's row changes. */
@WithCluster(nodes = 2)
class BulkInsertIT {
    record NoteId(UUID customer, long num) {}

    @Entity(name = "Note")
    @IdClass(NoteId.class)
    static class Note {
        @Id
        @ShardKey
        UUID customer;

        @Id
        long num;

        String text;

        Note() {}

        Note(UUID customer, long num, String text) {
            this.customer = customer;
            this.num = num;
            this.text = text;
        }
    }

    @Entity(name = "Remark")
    @IdClass(NoteId.class)
    static class Remark {
        @Id
        @ShardKey
        UUID customer;

        @Id
        long num;

        @ManyToOne
        @JoinColumn(name = "customer", referencedColumnName = "customer")
        @JoinColumn(name = "note", referencedColumnName = "num")
        Note note;
    }

    @Embeddable
    record SlotId(@ShardKey UUID customer, long num) {}

    @Entity(name = "Slot")
    static class Slot {
        @EmbeddedId
        SlotId id;

        String text;
    }

    @Entity(name = "Ticket")
    static class Ticket {
        @Id
        @GlobalSequence(name = "ticket", block = 5)
        Long id;

        @ShardKey
        UUID customer;

        String text;
    }

    @Entity(name = "Paper")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Paper {
        @Id
        @ShardKey
        UUID customer;

        String text;
    }

    @Entity(name = "Letter")
    static class Letter extends Paper {
        String receiver;
    }

    @Entity(name = "Shape")
    @IdClass(NoteId.class)
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    abstract static class Shape {
        @Id
        @ShardKey
        UUID customer;

        @Id
        long num;
    }

    @Entity(name = "Circle")
    static class Circle extends Shape {
        String text;
    }

    record BoxId(UUID customer, UUID id) {}

    @Entity(name = "Box")
    @IdClass(BoxId.class)
    static class Box {
        @Id
        @ShardKey
        UUID customer;

        @Id
        @ShardedUuid
        UUID id;

        String text;
    }

    @Entity(name = "Lid")
    static class Lid {
        @EmbeddedId
        SlotId id;

        @MapsId
        @OneToOne
        Slot slot;
    }

    @Entity(name = "Reference")
    @ReferenceTable
    static class Reference {
        @Id
        Long id;

        String text;
    }

    @Entity(name = "Plain")
    static class Plain {
        @Id
        Long id;

        @ShardKey
        UUID customer;

        String text;

        Plain() {}

        Plain(long id, UUID customer, String text) {
            this.id = id;
            this.customer = customer;
            this.text = text;
        }
    }

    static EmbeddedCluster cluster;
    private static EntityManagerFactory emf;
    private static EntityManagerFactory plainEmf;
    private static Shardloom shop;
    private static Shardloom plain;
    private static UUID own;
    private static UUID sameShard;
    private static UUID otherNode;

    @BeforeAll
    static void open() {
        emf = Boot.on(
                        cluster,
                        Note.class,
                        Remark.class,
                        Slot.class,
                        Ticket.class,
                        Paper.class,
                        Letter.class,
                        Shape.class,
                        Circle.class,
                        Box.class,
                        Lid.class,
                        Reference.class)
                .with("shardloom.shards", "4")
                .open();
        plainEmf = Boot.on(cluster, Plain.class)
                .with("shardloom.shards", "4")
                .with("shardloom.layout", "plain")
                .open();
        shop = Shardloom.of(emf);
        plain = Shardloom.of(plainEmf);
        own = new UUID(1, 1);
        sameShard = key(2, true);
        otherNode = key(2, false);
    }

    private static UUID key(long from, boolean sameShard) {
        var location = shop.explain(own).location();
        for (long i = from; ; i++) {
            var other = shop.explain(new UUID(1, i)).location();
            if (sameShard
                    ? other.shard().equals(location.shard())
                    : !other.node().equals(location.node())) {
                return new UUID(1, i);
            }
        }
    }

    @AfterAll
    static void close() {
        emf.close();
        plainEmf.close();
    }

    @BeforeEach
    void clean() throws SQLException {
        for (var node : cluster.nodes()) {
            node.primary().execute("truncate note, remark, slot, lid, box, ticket, paper, letter, circle, plain");
        }
    }

    /** Returns what all nodes hold, as {@code column|column}, sorted. */
    private static List<String> stored(String columns, String table) throws SQLException {
        var rows = new ArrayList<String>();
        for (var node : cluster.nodes()) {
            var found = node.primary()
                    .value("select coalesce(string_agg(concat_ws('|', " + columns + "), ','), '') from " + table);
            rows.addAll(List.of(found.split(",", -1)));
        }
        return rows.stream().filter(row -> !row.isEmpty()).sorted().toList();
    }

    private static int execute(UUID key, String hql) {
        return execute(key, hql, query -> {});
    }

    private static int execute(UUID key, String hql, Consumer<MutationQuery> parameters) {
        return shop.fromTransaction(key, session -> {
            var query = session.createMutationQuery(hql);
            parameters.accept(query);
            return query.executeUpdate();
        });
    }

    @Test
    void givesEachKeyItsOwnRowsByOneQuery() throws SQLException {
        var insert = "insert into Note (num, text) values (1, 'one'), (2, :text)";
        for (var key : List.of(own, sameShard, otherNode)) {
            assertThat(execute(key, insert, query -> query.setParameter("text", "two")))
                    .isEqualTo(2);
        }

        assertThat(stored("customer, num, text", "note"))
                .containsExactlyInAnyOrder(
                        own + "|1|one",
                        own + "|2|two",
                        sameShard + "|1|one",
                        sameShard + "|2|two",
                        otherNode + "|1|one",
                        otherNode + "|2|two");
    }

    @Test
    void insertsWhatAQueryOfItsKeySelects() throws SQLException {
        for (var key : List.of(own, sameShard)) {
            execute(key, "insert into Note (num, text) values (1, 'one'), (2, 'two')");
        }

        execute(own, "insert into Note (num, text) select n.num + 10, n.text from Note n");
        execute(
                own,
                "insert into Slot (id.num, text) select n.num, n.text from Note n where n.num < 10"
                        + " union all select n.num + 1, n.text from Note n where n.num > 10");
        execute(
                own,
                "insert into Note (num, customer, text) select n.num + 20, n.customer, 'c' from Note n where n.num = 1");
        execute(own, "insert into Slot (id, text) select s.id, 'again' from Slot s where s.id.num > 90");
        execute(
                own,
                "insert into Slot (id.num, text) select x.num + 50, x.text from"
                        + " (select n.num as num, n.text as text from Note n where n.num = 1) x");
        execute(
                own,
                "insert into Slot (id.num, text) with c as (select n.num as num, n.text as text from Note n)"
                        + " select x.num + 60, x.text from c x where x.num in (select m.num from Note m where m.num = 2)");
        execute(own, "insert into Slot (id.num, text) values (70, (select n.text from Note n where n.num = 1))");
        execute(
                own,
                "insert into Note (customer, num, text) select :key, n.num + 30, 'p' from Note n where n.num = 1",
                query -> query.setParameter("key", own));

        assertThat(stored("num, text", "note where customer = '" + own + "'"))
                .containsExactlyInAnyOrder("1|one", "2|two", "11|one", "12|two", "21|c", "31|p");
        assertThat(stored("customer, num, text", "slot"))
                .containsExactlyInAnyOrder(
                        own + "|1|one",
                        own + "|2|two",
                        own + "|12|one",
                        own + "|13|two",
                        own + "|51|one",
                        own + "|62|two",
                        own + "|70|one");
        assertThat(stored("num, text", "note where customer = '" + sameShard + "'"))
                .containsExactlyInAnyOrder("1|one", "2|two");
    }

    @Test
    void takesTheSessionsKeyWhereItIsNamed() throws SQLException {
        execute(own, "insert into Note (customer, num, text) values (:key, 1, 'a')", q -> q.setParameter("key", own));
        execute(
                own,
                "insert into Slot (id, text) values (:id, 'b')",
                query -> query.setParameter("id", new SlotId(own, 1)));
        execute(
                own,
                "insert into Remark (num, note) values (1, :note)",
                query -> query.setParameter("note", new Note(own, 1, "a")));
        shop.inTransaction(own, session -> {
            var cb = session.getCriteriaBuilder();
            var insert = cb.createCriteriaInsertValues(Note.class);
            var row = insert.getTarget();
            insert.setInsertionTargetPaths(row.get("customer"), row.get("num"), row.get("text"));
            insert.values(cb.values(cb.value(own), cb.value(2L), cb.value("c")));
            session.createMutationQuery(insert).executeUpdate();
        });
        shop.inTransaction(own, session -> {
            var cb = session.getCriteriaBuilder();
            var insert = cb.createCriteriaInsertSelect(Note.class);
            var row = insert.getTarget();
            insert.setInsertionTargetPaths(row.get("num"), row.get("text"));
            var select = cb.createTupleQuery();
            var note = select.from(Note.class);
            select.select(cb.tuple(cb.sum(note.<Long>get("num"), 10L), note.get("text")));
            insert.select(select);
            session.createMutationQuery(insert).executeUpdate();
        });

        assertThat(stored("customer, num, text", "note"))
                .containsExactlyInAnyOrder(own + "|1|a", own + "|2|c", own + "|11|a", own + "|12|c");
        assertThat(stored("customer, num, text", "slot")).containsExactly(own + "|1|b");
        assertThat(stored("customer, num, note", "remark")).containsExactly(own + "|1|1");
    }

    @Test
    void refusesAnotherKey() throws SQLException {
        var bound = ": the session is bound to default:" + own
                + ". Leave the key out to get the session's, or open a session for the row's own.";
        execute(own, "insert into Note (num, text) values (1, 'one')");
        var named = "insert into Note (customer, num, text) values (:key, 2, 'x')";
        execute(own, named, query -> query.setParameter("key", own)); // its plan is known from here on

        refuses(
                "Cannot insert BulkInsertIT$Note with customer = " + sameShard + bound,
                named,
                query -> query.setParameter("key", sameShard));
        refuses(
                "Cannot insert BulkInsertIT$Note with customer = null" + bound,
                named,
                query -> query.setParameter("key", null));
        refuses(
                "Cannot insert BulkInsertIT$Note with customer = " + sameShard + bound,
                "insert into Note (customer, num, text) select :key, n.num + 5, n.text from Note n",
                query -> query.setParameter("key", sameShard));
        refuses(
                "Cannot insert BulkInsertIT$Slot with customer = " + otherNode + bound,
                "insert into Slot (id, text) values (:id, 'x')",
                query -> query.setParameter("id", new SlotId(otherNode, 1)));
        refuses(
                "Cannot insert BulkInsertIT$Remark with customer = " + sameShard + bound,
                "insert into Remark (num, note) values (1, :note)",
                query -> query.setParameter("note", new Note(sameShard, 1, "one")));
        assertThat(stored("customer, num", "note")).containsExactlyInAnyOrder(own + "|1", own + "|2");
        assertThat(stored("num", "slot")).isEmpty();
        assertThat(stored("num", "remark")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into Note (customer, num, text) values (coalesce(:key, :key), 2, 'x')",
                "insert into Note (customer, num, text) select coalesce(:key, n.customer), n.num + 5, n.text from Note n",
                "insert into Note (customer, num, text) select r.note.customer, r.num, 'x' from Remark r where :key is null",
                "insert into Note (customer, num, text) select r.note.customer, r.num, 'x' from Remark r join r.note n"
                        + " where n.customer = :key",
                "insert into Note (customer, num, text) with c as (select n.customer as key, n.num as num from Note n)"
                        + " select x.key, x.num + 5, 'x' from c x where x.key = :key",
                "insert into Note (customer, num, text) select x.key, x.num + 5, 'x'"
                        + " from (select n.customer as key, n.num as num from Note n) x where x.key = :key",
                "insert into Note (customer, num, text) select n.customer, n.num + 5, 'x' from Note n"
                        + " union all select coalesce(:key, n.customer), n.num + 6, 'x' from Note n"
            })
    void refusesAKeyThatIsNotKnown(String insert) throws SQLException {
        execute(own, "insert into Note (num, text) values (1, 'one')");

        refuses(
                "Cannot insert BulkInsertIT$Note by a query with a value for customer that is not known before the"
                        + " statement runs: it might not have the session's key. Leave customer out, or give a parameter,"
                        + " a literal, or the key of a default entity that stands in the query's from clause.",
                insert,
                query -> query.setParameter("key", sameShard));
        assertThat(stored("customer, num", "note")).containsExactly(own + "|1");
    }

    @Test
    void refusesAKeyGivenTwiceAndOtherHomes() {
        refuses(
                "Cannot insert BulkInsertIT$Remark with both customer and note by a query: the shard key is a column of"
                        + " both. Name one of them.",
                "insert into Remark (customer, num, note) values (:key, 1, :note)",
                query -> query.setParameter("key", own).setParameter("note", new Note(own, 1, "a")));
        refuses(
                "Cannot write BulkInsertIT$Reference: it is a reference table, and a session of one key or node would"
                        + " change one node's copy only. Write it in a cluster session: Shardloom.of(emf).inCluster(…).",
                "insert into Reference (id, text) values (1, 'x')",
                query -> {});
    }

    private static void refuses(String message, String hql, Consumer<MutationQuery> parameters) {
        assertThatThrownBy(() -> execute(own, hql, parameters))
                .isInstanceOf(WrongShardKeyException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> {
                    try (var session = shop.openStatelessSession(own)) {
                        var transaction = session.beginTransaction();
                        var query = session.createMutationQuery(hql);
                        parameters.accept(query);
                        query.executeUpdate();
                        transaction.commit();
                    }
                })
                .isInstanceOf(WrongShardKeyException.class)
                .hasMessage(message);
    }

    @Test
    void generatesIdsAndFillsTheKeyBesideThem() throws SQLException {
        execute(own, "insert into Ticket (text) values ('a'), ('b')");
        execute(otherNode, "insert into Ticket (text) values ('c')");

        assertThat(stored("customer, text", "ticket"))
                .containsExactlyInAnyOrder(own + "|a", own + "|b", otherNode + "|c");
        assertThat(stored("id", "ticket")).doesNotHaveDuplicates().hasSize(3);
    }

    @Test
    void insertsIntoTwoTablesWhereTheKeyIsTheId() throws SQLException {
        execute(own, "insert into Letter (text, receiver) values ('a', 'Ada')");
        execute(otherNode, "insert into Letter (text, receiver) values ('b', 'Bob')");
        refuses(
                "Cannot insert BulkInsertIT$Letter with customer = " + sameShard + ": the session is bound to default:"
                        + own + ". Leave the key out to get the session's, or open a session for the row's own.",
                "insert into Letter (customer, text, receiver) values (:key, 'c', 'Cay')",
                query -> query.setParameter("key", sameShard));

        assertThat(stored("customer, text", "paper")).containsExactlyInAnyOrder(own + "|a", otherNode + "|b");
        assertThat(stored("customer, receiver", "letter")).containsExactlyInAnyOrder(own + "|Ada", otherNode + "|Bob");
    }

    @Test
    void insertsIntoTheOneTableOfASubclass() throws SQLException {
        execute(own, "insert into Circle (num, text) values (1, 'a')");

        assertThat(stored("customer, num, text", "circle")).containsExactly(own + "|1|a");
    }

    @Test
    void updatesOnConflictItsOwnRowAlone() throws SQLException {
        for (var key : List.of(own, sameShard)) {
            execute(key, "insert into Note (num, text) values (1, 'old')");
            execute(key, "insert into Ticket (id, text) values (1, 'old')");
        }

        execute(
                own,
                "insert into Note (num, text) values (1, 'new') on conflict (num) do update set text = excluded.text");
        execute(
                own,
                "insert into Note (num, text) values (1, 'newer') on conflict (customer, num) do update set text ="
                        + " excluded.text where text = 'new'");
        execute(
                own,
                "insert into Ticket (id, text) values (1, 'new') on conflict (id) do update set text = excluded.text");
        execute(own, "insert into Ticket (id, text) values (1, 'newer') on conflict do nothing");

        assertThat(stored("customer, text", "note")).containsExactlyInAnyOrder(own + "|newer", sameShard + "|old");
        assertThat(stored("customer, text", "ticket")).containsExactlyInAnyOrder(own + "|new", sameShard + "|old");
        refuses(
                "Cannot set customer of BulkInsertIT$Note: the shard key of a row never changes. Insert the row under its"
                        + " new key and delete the old one.",
                "insert into Note (num, text) values (1, 'x') on conflict (num) do update set customer = excluded.customer",
                query -> {});
    }

    @Test
    void leavesAnotherKeysRowOfTheSameIdWhereTheIdAloneIsUnique() throws SQLException {
        plain.inTransaction(own, session -> session.persist(new Plain(1, own, "old")));
        plain.inTransaction(sameShard, session -> session.persist(new Plain(2, sameShard, "old")));

        plain.inTransaction(own, session -> {
            for (long id : List.of(1, 2)) {
                session.createMutationQuery(
                                "insert into Plain (id, text) values (:id, 'new') on conflict (id) do update set text = 'new'")
                        .setParameter("id", id)
                        .executeUpdate();
            }
        });
        assertThatThrownBy(() -> upsert(plain, own, new Plain(2, own, "taken")))
                .isInstanceOf(PersistenceException.class)
                .hasMessageContaining("duplicate key value violates unique constraint");
        upsert(plain, own, new Plain(1, null, "newer"), new Plain(3, own, "third"));

        assertThat(stored("customer, id, text", "plain"))
                .containsExactlyInAnyOrder(own + "|1|newer", sameShard + "|2|old", own + "|3|third");
    }

    @Test
    void refusesRowsWithoutAnIdBeforeTheyAreSent() {
        refused(
                "insert into Box (text) values ('a')",
                "Cannot insert BulkInsertIT$Box by a query that does not give its whole id: id would be empty. Name what"
                        + " is missing and give it a value, or use persist, which makes ids.");
        refused("insert into Note (text) values ('a')", "num would be empty");
        refused("insert into Note (text) select n.text from Note n", "num would be empty");
        refused(
                "insert into Lid (id.num) values (1)",
                "Cannot insert BulkInsertIT$Lid by a query: its id is that of an");
        assertThatThrownBy(() -> plain.inTransaction(
                        own, session -> session.createMutationQuery("insert into Plain (text) values ('a')")
                                .executeUpdate()))
                .isInstanceOf(ShardloomException.class)
                .hasMessageContaining("id would be empty");
    }

    private static void refused(String hql, String message) {
        assertThatThrownBy(() -> execute(own, hql))
                .isInstanceOf(ShardloomException.class)
                .hasMessageContaining(message);
    }

    private static void upsert(Shardloom unit, UUID key, Object... rows) {
        try (var session = unit.openStatelessSession(key)) {
            var transaction = session.beginTransaction();
            session.upsertMultiple(List.of(rows));
            transaction.commit();
        }
    }

    @Test
    void upsertsNoRowOfAnotherKey() throws SQLException {
        plain.inTransaction(sameShard, session -> session.persist(new Plain(1, sameShard, "old")));

        assertThatThrownBy(() -> upsert(plain, own, new Plain(1, sameShard, "taken")))
                .isInstanceOf(WrongShardKeyException.class)
                .hasMessage("Cannot upsert BulkInsertIT$Plain with customer = " + sameShard
                        + ": the session is bound to default:" + own
                        + ". Set the session's key, or open a session for the row's own.");
        assertThat(stored("customer, id, text", "plain")).containsExactly(sameShard + "|1|old");
    }

    @Test
    void neverPointsAnAssociationAtAnotherKey() throws SQLException {
        for (var key : List.of(own, sameShard)) {
            execute(key, "insert into Note (num, text) values (1, 'a')");
        }
        execute(
                own,
                "insert into Remark (num, note) values (1, :note)",
                query -> query.setParameter("note", new Note(own, 1, "a")));

        refuses(
                "Cannot set note of BulkInsertIT$Remark by a query: the shard key is among its columns, and that of a row"
                        + " never changes. Load the rows and set it there.",
                "update Remark set note = :note",
                query -> query.setParameter("note", new Note(sameShard, 1, "a")));
        assertThat(stored("customer, num, note", "remark")).containsExactly(own + "|1|1");
    }

    @Test
    void locksTheRowsOfSeveralTables() {
        shop.inTransaction(own, session -> {
            var letter = new Letter();
            letter.customer = own;
            letter.text = "a";
            session.persist(letter);
        });

        shop.inTransaction(own, (Session session) -> {
            session.createSelectionQuery("from Paper", Paper.class)
                    .setLockMode(jakarta.persistence.LockModeType.PESSIMISTIC_WRITE)
                    .getSingleResult();

            for (var table : List.of("paper", "letter")) {
                assertThatThrownBy(() -> cluster.node(
                                        shop.explain(own).location().node().name())
                                .primary()
                                .value("select customer from " + table + " for update nowait"))
                        .as(table)
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("could not obtain lock");
            }
        });
    }
}
