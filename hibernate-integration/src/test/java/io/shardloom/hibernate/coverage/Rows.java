package io.shardloom.hibernate.coverage;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.CascadeType;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.PrimaryKeyJoinColumn;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.SoftDelete;

/** One entity for each mapping. All have the key {@code customer}, a number that every key has, and a name. */
final class Rows {
    private Rows() {}

    /** What all have; the name tells whose row it is. */
    @MappedSuperclass
    abstract static class Named {
        String name;

        public String name() {
            return name;
        }

        public void name(String value) {
            name = value;
        }

        /** Returns what it points to: a row, or a collection or map of rows or of words. */
        Object link() {
            throw new AssertionError(getClass() + " points to nothing");
        }

        /** Puts an empty collection in the place of the one it has. */
        void replaceLink() {
            throw new AssertionError(getClass() + " has no collection of its own");
        }
    }

    record Key(UUID customer, long num) {}

    @Entity(name = "KeyIsId")
    @Table(name = "key_is_id")
    static class KeyIsId extends Named {
        @Id
        @ShardKey(group = "default")
        UUID customer;

        long num;
    }

    @Entity(name = "WithIdClass")
    @Table(name = "with_id_class")
    @IdClass(Key.class)
    static class WithIdClass extends Named {
        @Id
        @ShardKey(group = "default")
        UUID customer;

        @Id
        long num;
    }

    @Embeddable
    record Embedded(@ShardKey(group = "default") UUID customer, long num) {}

    @Entity(name = "WithEmbeddedId")
    @Table(name = "with_embedded_id")
    static class WithEmbeddedId extends Named {
        @EmbeddedId
        Embedded id;
    }

    @Entity(name = "Outside")
    @Table(name = "outside_id")
    static class Outside extends Named {
        @Id
        Long num;

        @ShardKey(group = "default")
        UUID customer;
    }

    @Entity(name = "OutsideVersioned")
    @Table(name = "outside_versioned")
    static class OutsideVersioned extends Named {
        @Id
        Long num;

        @ShardKey(group = "default")
        UUID customer;

        @Version
        int version;
    }

    @Entity(name = "OutsideParent")
    @Table(name = "outside_parent")
    static class OutsideParent extends Named {
        @Id
        Long num;

        @ShardKey(group = "default")
        UUID customer;

        @OneToMany(mappedBy = "up", cascade = CascadeType.ALL)
        List<OutsideChild> parts = new ArrayList<>();

        @Override
        Object link() {
            return parts;
        }
    }

    @Entity(name = "OutsideChild")
    @Table(name = "outside_child")
    static class OutsideChild extends Named {
        @Id
        Long num;

        @ShardKey(group = "default")
        UUID customer;

        @ManyToOne(fetch = FetchType.LAZY)
        OutsideParent up;

        @Override
        Object link() {
            return up;
        }
    }

    @Entity(name = "OutsideSoft")
    @Table(name = "outside_soft")
    @SoftDelete
    static class OutsideSoft extends Named {
        @Id
        Long num;

        @ShardKey(group = "default")
        UUID customer;
    }

    @Entity(name = "OutsideNatural")
    @Table(name = "outside_natural")
    static class OutsideNatural extends Named {
        @Id
        Long num;

        @ShardKey(group = "default")
        UUID customer;

        @NaturalId
        String code;
    }

    @Entity(name = "Single")
    @Table(name = "single_table")
    @IdClass(Key.class)
    static class Single extends Named {
        @Id
        @ShardKey(group = "default")
        UUID customer;

        @Id
        long num;
    }

    @Entity(name = "SingleSub")
    static class SingleSub extends Single {
        String more = "more";
    }

    @Entity(name = "Joined")
    @Table(name = "joined_root")
    @IdClass(Key.class)
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Joined extends Named {
        @Id
        @ShardKey(group = "default")
        UUID customer;

        @Id
        long num;
    }

    @Entity(name = "JoinedSub")
    @Table(name = "joined_sub")
    static class JoinedSub extends Joined {
        String more = "more";
    }

    @Entity(name = "Union")
    @Table(name = "union_root")
    @IdClass(Key.class)
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    static class Union extends Named {
        @Id
        @ShardKey(group = "default")
        UUID customer;

        @Id
        long num;
    }

    @Entity(name = "UnionSub")
    @Table(name = "union_sub")
    static class UnionSub extends Union {
        String more = "more";
    }

    @MappedSuperclass
    @IdClass(Key.class)
    abstract static class Keyed extends Named {
        @Id
        @ShardKey(group = "default")
        UUID customer;

        @Id
        long num;
    }

    @Entity(name = "Mapped")
    @Table(name = "mapped")
    static class Mapped extends Keyed {}

    @Entity(name = "Secondary")
    @Table(name = "secondary_first")
    @SecondaryTable(
            name = "secondary_second",
            pkJoinColumns = {
                @PrimaryKeyJoinColumn(name = "customer", referencedColumnName = "customer"),
                @PrimaryKeyJoinColumn(name = "num", referencedColumnName = "num")
            })
    static class Secondary extends Keyed {
        @Column(table = "secondary_second")
        String more = "more";

        @Override
        public void name(String value) {
            super.name(value);
            more = value;
        }
    }

    @Entity(name = "Parent")
    @Table(name = "parent")
    static class Parent extends Keyed {
        @OneToMany(mappedBy = "up", cascade = CascadeType.ALL)
        List<Child> parts = new ArrayList<>();

        @Override
        Object link() {
            return parts;
        }
    }

    @Entity(name = "Child")
    @Table(name = "child")
    static class Child extends Keyed {
        long parent;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "customer", referencedColumnName = "customer", insertable = false, updatable = false)
        @JoinColumn(name = "parent", referencedColumnName = "num", insertable = false, updatable = false)
        Parent up;

        @Override
        Object link() {
            return up;
        }
    }

    @Entity(name = "Post")
    @Table(name = "post")
    static class Post extends Keyed {
        @ManyToMany
        @JoinTable(
                name = "post_tag",
                joinColumns = {
                    @JoinColumn(name = "customer", referencedColumnName = "customer"),
                    @JoinColumn(name = "post", referencedColumnName = "num")
                },
                inverseJoinColumns = {
                    @JoinColumn(name = "tag_customer", referencedColumnName = "customer"),
                    @JoinColumn(name = "tag", referencedColumnName = "num")
                })
        Set<Tag> parts = new HashSet<>();

        @Override
        Object link() {
            return parts;
        }

        @Override
        void replaceLink() {
            parts = new HashSet<>();
        }
    }

    @Entity(name = "Tag")
    @Table(name = "tag")
    static class Tag extends Keyed {}

    @Entity(name = "Elements")
    @Table(name = "elements")
    static class Elements extends Keyed {
        @ElementCollection
        @CollectionTable(
                name = "elements_part",
                joinColumns = {
                    @JoinColumn(name = "customer", referencedColumnName = "customer"),
                    @JoinColumn(name = "num", referencedColumnName = "num")
                })
        @Column(name = "part")
        Set<String> parts = new HashSet<>();

        @Override
        public void name(String value) {
            if (name == null) {
                parts.add(value);
            }
            super.name(value);
        }

        @Override
        Object link() {
            return parts;
        }

        @Override
        void replaceLink() {
            parts = new HashSet<>();
        }
    }

    @Entity(name = "Versioned")
    @Table(name = "versioned")
    static class Versioned extends Keyed {
        @Version
        int version;
    }

    @Entity(name = "Soft")
    @Table(name = "soft")
    @SoftDelete
    static class Soft extends Keyed {}

    @Entity(name = "Natural")
    @Table(name = "natural_id")
    static class Natural extends Keyed {
        @NaturalId
        String code;
    }
}
