package io.shardloom.hibernate.faulty;

import io.shardloom.hibernate.LocalTable;
import io.shardloom.hibernate.ReferenceTable;
import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.SecondaryTable;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What is wrong with what entities point to, and with tables beside their own. */
public final class Links {
    private Links() {}

    @Entity
    public static class Left {
        @Id
        @ShardKey(group = "left_group")
        public UUID id;

        @ManyToOne
        public Right right;

        @OneToMany
        public List<Right> rights = new ArrayList<>();

        @ManyToMany
        public List<Kept> kept = new ArrayList<>();

        @Embedded
        public Inner inner;

        @ElementCollection
        public List<Inner> inners = new ArrayList<>();
    }

    @Embeddable
    public static class Inner {
        @ManyToOne
        public Kept innerKept;
    }

    @Entity
    public static class Right {
        @Id
        @ShardKey(group = "right_group")
        public UUID id;
    }

    @Entity
    @LocalTable(node = "n1")
    public static class Kept {
        @Id
        public UUID id;

        @ManyToOne
        public Left left;
    }

    @Entity
    @LocalTable(node = "n2")
    public static class KeptElsewhere {
        @Id
        public UUID id;

        @ManyToOne
        public Kept kept;
    }

    @Entity
    @ReferenceTable
    public static class Shared {
        @Id
        public UUID id;

        @ManyToOne
        public Left left;

        @ManyToOne
        public Kept kept;
    }

    @Entity
    @SecondaryTable(name = "outside_more")
    public static class OutsideSecondary {
        @Id
        public UUID id;

        @ShardKey
        public UUID customer;

        @jakarta.persistence.Column(table = "outside_more")
        public String more;
    }

    @Entity
    public static class OutsideCollection {
        @Id
        public UUID id;

        @ShardKey
        public UUID customer;

        @ElementCollection
        public List<String> tags = new ArrayList<>();
    }

    @Entity
    @Inheritance(strategy = InheritanceType.JOINED)
    public static class OutsideJoined {
        @Id
        public UUID id;

        @ShardKey
        public UUID customer;
    }

    @Entity
    public static class OutsideJoinedSub extends OutsideJoined {
        public String more;
    }

    public record LinkId(UUID owner, UUID id) {}

    /** Its collections share the key column with their elements. */
    @Entity
    @IdClass(LinkId.class)
    public static class Linking {
        @Id
        @ShardKey
        public UUID owner;

        @Id
        public UUID id;

        @ManyToMany
        @JoinTable(
                name = "linking_linked",
                joinColumns = {
                    @JoinColumn(name = "owner", referencedColumnName = "owner"),
                    @JoinColumn(name = "linking", referencedColumnName = "id")
                },
                inverseJoinColumns = {
                    @JoinColumn(name = "owner", referencedColumnName = "owner"),
                    @JoinColumn(name = "linked", referencedColumnName = "id")
                })
        public List<Linked> linked = new ArrayList<>();

        @OneToMany
        @JoinColumn(name = "owner", referencedColumnName = "owner")
        @JoinColumn(name = "linking", referencedColumnName = "id")
        public List<Linked> owned = new ArrayList<>();
    }

    @Entity
    @IdClass(LinkId.class)
    public static class Linked {
        @Id
        @ShardKey
        public UUID owner;

        @Id
        public UUID id;
    }
}
