package io.shardloom.hibernate.readonly;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Convert;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.PostLoad;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.hibernate.annotations.NaturalId;

/** One entity for each way in which Hibernate writes. */
final class Things {
    record Ref(Integer customer, Integer num) {}

    @Embeddable
    public static class Place {
        public String city;

        public Place() {}

        Place(String city) {
            this.city = city;
        }
    }

    /** Mutable, and without {@code equals}. */
    static final class Label {
        String text = "label";
    }

    public static class Labels implements AttributeConverter<Label, String> {
        @Override
        public String convertToDatabaseColumn(Label label) {
            return label.text;
        }

        @Override
        public Label convertToEntityAttribute(String text) {
            var label = new Label();
            label.text = text;
            return label;
        }
    }

    @Entity(name = "Box")
    @IdClass(Ref.class)
    public static class Box {
        @Id
        @ShardKey
        public Integer customer;

        @Id
        public Integer num;

        public String name;

        @NaturalId
        public String code;

        public byte[] picture = {1};

        @Convert(converter = Labels.class)
        public Label label = new Label();

        @Embedded
        public Place place = new Place("Ulm");

        @Version
        public int version;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "customer", referencedColumnName = "customer")
        @JoinColumn(name = "friend_num", referencedColumnName = "num")
        public Box friend;

        @ElementCollection
        public List<String> tags = new ArrayList<>(List.of("new"));

        @ElementCollection
        public java.util.Map<String, String> notes = new TreeMap<>();

        @ManyToMany
        public List<Paper> papers = new ArrayList<>();

        @OneToMany(mappedBy = "box")
        public List<Item> items = new ArrayList<>();

        @OneToMany(mappedBy = "owner", cascade = CascadeType.ALL, orphanRemoval = true)
        public List<Item> owned = new ArrayList<>();

        public transient String shown;
        public String greeting = "none";

        public Box() {}

        Box(int customer, int num) {
            this.customer = customer;
            this.num = num;
            this.name = "box " + num;
            this.code = "b" + num;
        }

        public void rename(String other) {
            name = other;
        }

        @PostLoad
        void greet() {
            shown = name;
            greeting = "hello " + name;
        }
    }

    @Entity(name = "Item")
    @IdClass(Ref.class)
    public static class Item {
        @Id
        @ShardKey
        public Integer customer;

        @Id
        public Integer num;

        public String name = "item";

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "customer", referencedColumnName = "customer")
        @JoinColumn(name = "box_num", referencedColumnName = "num")
        public Box box;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "customer", referencedColumnName = "customer")
        @JoinColumn(name = "owner_num", referencedColumnName = "num")
        public Box owner;

        public Item() {}

        Item(int customer, int num, Box box) {
            this.customer = customer;
            this.num = num;
            this.box = box;
            this.owner = box;
        }
    }

    @Entity(name = "Paper")
    @IdClass(Ref.class)
    @Inheritance(strategy = InheritanceType.JOINED)
    public static class Paper {
        @Id
        @ShardKey
        public Integer customer;

        @Id
        public Integer num;

        public String name = "paper";
    }

    @Entity(name = "Letter")
    public static class Letter extends Paper {
        public String text = "text";
    }

    @Entity(name = "Shape")
    @IdClass(Ref.class)
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    public static class Shape {
        @Id
        @ShardKey
        public Integer customer;

        @Id
        public Integer num;

        public String name = "shape";
    }

    @Entity(name = "Circle")
    public static class Circle extends Shape {
        public int radius = 1;
    }

    @Entity(name = "Split")
    @IdClass(Ref.class)
    @SecondaryTable(name = "split_second")
    public static class Split {
        @Id
        @ShardKey
        public Integer customer;

        @Id
        public Integer num;

        public String name = "split";

        @jakarta.persistence.Column(table = "split_second")
        public String second = "second";
    }

    static <T> T with(T thing, int customer, int num) {
        if (thing instanceof Paper paper) {
            paper.customer = customer;
            paper.num = num;
        } else if (thing instanceof Shape shape) {
            shape.customer = customer;
            shape.num = num;
        } else if (thing instanceof Split split) {
            split.customer = customer;
            split.num = num;
        }
        return thing;
    }

    private Things() {}
}
