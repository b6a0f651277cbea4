package io.shardloom.hibernate.enhanced;

import io.shardloom.hibernate.ReferenceTable;
import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Basic;
import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.LazyGroup;

/** Entities that load parts of themselves later. Tests see them as {@link EnhancingLoader} makes them. */
final class Papers {
    record Ref(Integer customer, Integer num) {}

    @Embeddable
    public static class Place {
        String city;

        public Place() {}

        Place(String city) {
            this.city = city;
        }

        void city(String changed) {
            city = changed;
        }
    }

    @Entity(name = "Paper")
    @IdClass(Ref.class)
    @DynamicUpdate
    public static class Paper {
        @Id
        @ShardKey
        Integer customer;

        @Id
        Integer num;

        String title;

        @Basic(fetch = FetchType.LAZY)
        String text;

        @Basic(fetch = FetchType.LAZY)
        @LazyGroup("cover")
        String cover;

        @Embedded
        Place place = new Place("Lisboa");

        @Version
        int version;

        @OneToMany(mappedBy = "paper", cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderBy("num")
        List<Page> pages = new ArrayList<>();

        @ElementCollection
        Set<String> tags = new TreeSet<>();

        @OneToOne(mappedBy = "paper", fetch = FetchType.LAZY, cascade = CascadeType.ALL)
        Receipt receipt;

        @ManyToOne(fetch = FetchType.LAZY)
        Land land;

        protected Paper() {}

        Paper(int customer, int num) {
            this.customer = customer;
            this.num = num;
            title = "title " + num;
            text = "text " + num;
            cover = "cover " + num;
        }

        Ref ref() {
            return new Ref(customer, num);
        }

        String title() {
            return title;
        }

        void title(String changed) {
            title = changed;
        }

        String text() {
            return text;
        }

        void text(String changed) {
            text = changed;
        }

        String cover() {
            return cover;
        }

        void cover(String changed) {
            cover = changed;
        }

        Place place() {
            return place;
        }

        int version() {
            return version;
        }

        List<Page> pages() {
            return pages;
        }

        Set<String> tags() {
            return tags;
        }

        Receipt receipt() {
            return receipt;
        }

        void receipt(Receipt added) {
            receipt = added;
        }

        Land land() {
            return land;
        }

        void land(Land changed) {
            land = changed;
        }
    }

    @Entity(name = "Page")
    @IdClass(Ref.class)
    public static class Page {
        @Id
        @ShardKey
        Integer customer;

        @Id
        Integer num;

        @ManyToOne(fetch = FetchType.LAZY)
        Paper paper;

        @Basic(fetch = FetchType.LAZY)
        String text;

        protected Page() {}

        Page(int customer, int num) {
            this.customer = customer;
            this.num = num;
            text = "page " + num;
        }

        Ref ref() {
            return new Ref(customer, num);
        }

        Paper paper() {
            return paper;
        }

        void paper(Paper changed) {
            paper = changed;
        }

        String text() {
            return text;
        }
    }

    @Entity(name = "Receipt")
    @IdClass(Ref.class)
    public static class Receipt {
        @Id
        @ShardKey
        Integer customer;

        @Id
        Integer num;

        @OneToOne(fetch = FetchType.LAZY)
        Paper paper;

        String payer;

        protected Receipt() {}

        Receipt(int customer, int num, Paper paper) {
            this.customer = customer;
            this.num = num;
            this.paper = paper;
            payer = "payer " + num;
        }

        String payer() {
            return payer;
        }
    }

    @Entity(name = "Land")
    @ReferenceTable
    public static class Land {
        @Id
        String code;

        String name;

        @Basic(fetch = FetchType.LAZY)
        String anthem;

        protected Land() {}

        Land(String code) {
            this.code = code;
            name = "name " + code;
            anthem = "anthem " + code;
        }

        String name() {
            return name;
        }

        String anthem() {
            return anthem;
        }

        void anthem(String changed) {
            anthem = changed;
        }
    }

    /** Its key is beside its id. */
    @Entity(name = "Desk")
    public static class Desk {
        @Id
        Integer id;

        @ShardKey
        Integer customer;

        @Basic(fetch = FetchType.LAZY)
        String text;

        String name = "desk";

        protected Desk() {}

        Desk(int id, int customer) {
            this.id = id;
            this.customer = customer;
            text = "text " + id;
        }

        Integer customer() {
            return customer;
        }

        String text() {
            return text;
        }

        void text(String changed) {
            text = changed;
        }

        String name() {
            return name;
        }
    }

    /** Points to a row of which the foreign key alone does not tell whose it is. */
    @Entity(name = "Drawer")
    public static class Drawer {
        @Id
        Integer id;

        @ShardKey
        Integer customer;

        @ManyToOne(fetch = FetchType.LAZY)
        Desk desk;

        protected Drawer() {}

        Drawer(int id, int customer, Desk desk) {
            this.id = id;
            this.customer = customer;
            this.desk = desk;
        }

        Desk desk() {
            return desk;
        }
    }

    @Entity(name = "Deed")
    @IdClass(Ref.class)
    @Inheritance(strategy = InheritanceType.JOINED)
    public static class Deed {
        @Id
        @ShardKey
        Integer customer;

        @Id
        Integer num;

        @Basic(fetch = FetchType.LAZY)
        String text;

        protected Deed() {}

        String text() {
            return text;
        }
    }

    @Entity(name = "Lease")
    public static class Lease extends Deed {
        @Basic(fetch = FetchType.LAZY)
        String terms;

        protected Lease() {}

        Lease(int customer, int num) {
            this.customer = customer;
            this.num = num;
            text = "text " + num;
            terms = "terms " + num;
        }

        String terms() {
            return terms;
        }
    }

    @Entity(name = "Piece")
    @IdClass(Ref.class)
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    public static class Piece {
        @Id
        @ShardKey
        Integer customer;

        @Id
        Integer num;

        @Basic(fetch = FetchType.LAZY)
        String text;

        protected Piece() {}

        String text() {
            return text;
        }
    }

    @Entity(name = "Stone")
    public static class Stone extends Piece {
        @Basic(fetch = FetchType.LAZY)
        String colour;

        protected Stone() {}

        Stone(int customer, int num) {
            this.customer = customer;
            this.num = num;
            text = "text " + num;
            colour = "colour " + num;
        }

        String colour() {
            return colour;
        }
    }

    static final List<Class<?>> ENTITIES = List.of(
            Paper.class,
            Page.class,
            Receipt.class,
            Land.class,
            Desk.class,
            Drawer.class,
            Deed.class,
            Lease.class,
            Piece.class,
            Stone.class,
            Place.class);

    private Papers() {}
}
