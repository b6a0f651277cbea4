package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.Hibernate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Associations whose join columns share the key column with the id, mapped as one would without sharding. */
@WithCluster(nodes = 2)
class KeyedAssociationsIT {
    static EmbeddedCluster cluster;
    private static EntityManagerFactory emf;
    private static Shardloom shop;

    public record Key(UUID ownerId, UUID id) {}

    @Entity(name = "Owner")
    public static class Owner {
        @Id
        @ShardKey
        public UUID ownerId;

        protected Owner() {}

        Owner(UUID ownerId) {
            this.ownerId = ownerId;
        }
    }

    @Entity(name = "Box")
    @IdClass(Key.class)
    public static class Box {
        @Id
        @ShardKey
        public UUID ownerId;

        @Id
        @ShardedUuid
        public UUID id;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "ownerId")
        public Owner owner;

        @OneToMany(mappedBy = "box", cascade = CascadeType.ALL)
        public List<Item> items = new ArrayList<>();
    }

    @Entity(name = "Item")
    @IdClass(Key.class)
    public static class Item {
        @Id
        @ShardKey
        public UUID ownerId;

        @Id
        @ShardedUuid
        public UUID id;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "ownerId", referencedColumnName = "ownerId")
        @JoinColumn(name = "boxId", referencedColumnName = "id")
        public Box box;

        public UUID spareId;

        /** Mapped as one must without Shardloom. */
        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "ownerId", referencedColumnName = "ownerId", insertable = false, updatable = false)
        @JoinColumn(name = "spareId", referencedColumnName = "id", insertable = false, updatable = false)
        public Box spare;

        public String name;

        protected Item() {}

        Item(Box box, String name) {
            this.box = box;
            this.name = name;
        }
    }

    @Embeddable
    public static class LabelId {
        @ShardKey
        public UUID ownerId;

        public String name;

        protected LabelId() {}

        LabelId(UUID ownerId, String name) {
            this.ownerId = ownerId;
            this.name = name;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof LabelId id && ownerId.equals(id.ownerId) && name.equals(id.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    @Embeddable
    public static class Place {
        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "ownerId", referencedColumnName = "ownerId")
        @JoinColumn(name = "boxId", referencedColumnName = "id")
        public Box box;
    }

    /** Its id is embedded, and so is its association. */
    @Entity(name = "Label")
    public static class Label {
        @EmbeddedId
        public LabelId id;

        @Embedded
        public Place place = new Place();
    }

    @BeforeAll
    static void open() {
        emf = Boot.on(cluster, Owner.class, Box.class, Item.class, Label.class)
                .with("shardloom.shards", "4")
                .with(Units.ACTION, "drop-and-create")
                .open();
        shop = Shardloom.of(emf);
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    private static UUID owner() {
        var key = shop.newUuid();
        shop.inTransaction(key, em -> em.persist(new Owner(key)));
        return key;
    }

    @Test
    void fillsTheKeyFromTheSessionAndTheRestFromTheAssociation() {
        var key = owner();
        var ids = shop.fromTransaction(key, em -> {
            var box = new Box();
            em.persist(box);
            var item = new Item(box, "pen");
            item.spareId = box.id;
            em.persist(item);
            assertThat(item.ownerId).isEqualTo(key);
            return List.of(box.id, item.id);
        });

        shop.inTransaction(key, em -> {
            var item = em.find(Item.class, new Key(key, ids.get(1)));
            assertThat(Hibernate.isInitialized(item.box)).isFalse();
            var box = Hibernate.unproxy(item.box, Box.class);
            assertThat(box.id).isEqualTo(ids.get(0));
            assertThat(box.ownerId).isEqualTo(key);
            assertThat(Hibernate.unproxy(box.owner, Owner.class).ownerId).isEqualTo(key);
            assertThat(box.items).containsExactly(item);
            assertThat(Hibernate.unproxy(item.spare, Box.class)).isSameAs(box);
        });
    }

    @Test
    void fetchesInOneJoin() {
        var key = owner();
        shop.inTransaction(key, em -> {
            var box = new Box();
            box.items.add(new Item(box, "pen"));
            box.items.add(new Item(box, "ink"));
            em.persist(box);
        });

        var items = shop.<List<Item>>readOnly(key, em -> em.createQuery(
                        "from Item i join fetch i.box b join fetch b.owner order by i.name", Item.class)
                .getResultList());
        assertThat(items).extracting(item -> item.name).containsExactly("ink", "pen");
        assertThat(items).allSatisfy(item -> {
            assertThat(Hibernate.isInitialized(item.box)).isTrue();
            assertThat(Hibernate.isInitialized(item.box.owner)).isTrue();
            assertThat(item.box.owner.ownerId).isEqualTo(key);
        });
    }

    @Test
    void takesNullAndLaterAnotherRow() {
        var key = owner();
        var ids = shop.fromTransaction(key, em -> {
            var item = new Item(null, "loose");
            em.persist(item);
            var box = new Box();
            em.persist(box);
            return List.of(item.id, box.id);
        });
        var id = new Key(key, ids.get(0));

        assertThat(shop.<Box>readOnly(key, em -> em.find(Item.class, id).box)).isNull();
        assertThat(shop.<Long>readOnly(key, em -> em.createQuery(
                                "select count(*) from Item i left join i.box b where b is null and i.box is null",
                                Long.class)
                        .getSingleResult()))
                .isEqualTo(1);
        shop.inTransaction(
                key, em -> em.find(Item.class, id).box = em.getReference(Box.class, new Key(key, ids.get(1))));
        assertThat(shop.<UUID>readOnly(key, em -> Hibernate.unproxy(em.find(Item.class, id).box, Box.class).id))
                .isEqualTo(ids.get(1));
        shop.inTransaction(key, em -> em.find(Item.class, id).box = null);
        assertThat(shop.<Box>readOnly(key, em -> em.find(Item.class, id).box)).isNull();
    }

    @Test
    void worksInStatelessSessions() {
        var key = owner();
        try (var session = shop.openStatelessSession(key)) {
            var transaction = session.beginTransaction();
            var box = new Box();
            session.insert(box);
            var item = new Item(box, "pen");
            session.insert(item);
            item.name = "ink";
            session.update(item);
            item.name = "paper";
            session.upsert(item);
            assertThat(session.createQuery("select name from Item where box = :box", String.class)
                            .setParameter("box", box)
                            .getResultList())
                    .containsExactly("paper");
            session.delete(item);
            transaction.commit();
        }
    }

    @Test
    void worksWithEmbeddedIdsAndInsideEmbeddables() {
        var key = owner();
        shop.inTransaction(key, em -> {
            var box = new Box();
            em.persist(box);
            var label = new Label();
            label.id = new LabelId(key, "fragile");
            label.place.box = box;
            em.persist(label);
        });

        shop.inTransaction(key, em -> {
            var label = em.find(Label.class, new LabelId(key, "fragile"));
            assertThat(Hibernate.unproxy(label.place.box, Box.class).ownerId).isEqualTo(key);
            em.remove(label);
        });
    }

    @Test
    void refusesToPointToARowOfAnotherKey() {
        var mine = owner();
        var others = owner();
        var box = shop.fromTransaction(others, em -> {
            var made = new Box();
            em.persist(made);
            return made;
        });

        assertThatThrownBy(() -> shop.inTransaction(mine, em -> {
                    em.persist(new Item(em.getReference(Box.class, new Key(others, box.id)), "stolen"));
                    em.flush();
                }))
                .isExactlyInstanceOf(WrongShardKeyException.class)
                .hasMessageStartingWith("Cannot point KeyedAssociationsIT$Item.box to KeyedAssociationsIT$Box with"
                        + " ownerId = " + others);
    }

    @Test
    void refusesToSetItInBulk() {
        var mine = owner();
        var others = owner();
        var box = shop.fromTransaction(others, em -> {
            var made = new Box();
            em.persist(made);
            return made;
        });

        assertThatThrownBy(() ->
                        shop.inTransaction(mine, em -> em.createMutationQuery("update Item set name = 'x', box = :box")
                                .setParameter("box", box)
                                .executeUpdate()))
                .isExactlyInstanceOf(WrongShardKeyException.class)
                .hasMessage(
                        "Cannot set box of KeyedAssociationsIT$Item by a query: the shard key is among its columns, and that of a row"
                                + " never changes. Load the rows and set it there.")
                .hasNoCause();
        assertThatThrownBy(() -> shop.inTransaction(mine, em -> em.createMutationQuery("update Item set spare = :box")
                        .setParameter("box", box)
                        .executeUpdate()))
                .isExactlyInstanceOf(WrongShardKeyException.class)
                .hasMessageStartingWith("Cannot set spare of KeyedAssociationsIT$Item by a query");
    }

    @Test
    void hasCompositeForeignKeys() throws Exception {
        for (var node : cluster.nodes()) {
            for (var table : List.of("item", "label")) {
                assertThat(node.primary()
                                .value("select pg_get_constraintdef(oid) from pg_constraint where contype = 'f' and"
                                        + " conparentid = 0 and conrelid = '" + table + "'::regclass order by 1"))
                        .isEqualTo("FOREIGN KEY (ownerid, boxid) REFERENCES box(ownerid, id)");
            }
            assertThat(node.primary()
                            .value("select pg_get_constraintdef(oid) from pg_constraint where contype = 'f' and"
                                    + " conparentid = 0 and conrelid = 'box'::regclass"))
                    .isEqualTo("FOREIGN KEY (ownerid) REFERENCES owner(ownerid)");
        }
    }
}
