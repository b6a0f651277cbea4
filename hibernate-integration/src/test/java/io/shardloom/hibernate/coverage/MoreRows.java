package io.shardloom.hibernate.coverage;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.CascadeType;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ConstraintMode;
import jakarta.persistence.DiscriminatorColumn;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.ForeignKey;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.MapsId;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.DynamicInsert;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.Filter;
import org.hibernate.annotations.FilterDef;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.annotations.SoftDelete;

/** One entity for each further mapping: collections, attributes, keys outside the id, the plain layout. */
final class MoreRows {
    private static final String KEY = "customer";

    private MoreRows() {}

    @Entity(name = "WordList")
    @Table(name = "word_list")
    static class WordList extends Rows.Keyed {
        @ElementCollection
        @CollectionTable(
                name = "word_list_part",
                joinColumns = {
                    @JoinColumn(name = KEY, referencedColumnName = KEY),
                    @JoinColumn(name = "num", referencedColumnName = "num")
                })
        @OrderColumn(name = "place")
        @Column(name = "part")
        List<String> parts = new ArrayList<>();

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
            parts = new ArrayList<>();
        }
    }

    @Entity(name = "WordMap")
    @Table(name = "word_map")
    static class WordMap extends Rows.Keyed {
        @ElementCollection
        @CollectionTable(
                name = "word_map_part",
                joinColumns = {
                    @JoinColumn(name = KEY, referencedColumnName = KEY),
                    @JoinColumn(name = "num", referencedColumnName = "num")
                })
        @MapKeyColumn(name = "label")
        @Column(name = "part")
        Map<String, String> parts = new HashMap<>();

        @Override
        public void name(String value) {
            if (name == null) {
                parts.put("first", value);
            }
            super.name(value);
        }

        @Override
        Object link() {
            return parts;
        }

        @Override
        void replaceLink() {
            parts = new HashMap<>();
        }
    }

    @Embeddable
    record Part(String name, int size) {
        @Override
        public String toString() {
            return name;
        }
    }

    @Entity(name = "PartSet")
    @Table(name = "part_set")
    static class PartSet extends Rows.Keyed {
        @ElementCollection
        @CollectionTable(
                name = "part_set_part",
                joinColumns = {
                    @JoinColumn(name = KEY, referencedColumnName = KEY),
                    @JoinColumn(name = "num", referencedColumnName = "num")
                })
        Set<Part> parts = new HashSet<>();

        @Override
        public void name(String value) {
            if (name == null) {
                parts.add(new Part(value, 1));
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

    @Entity(name = "SoftWords")
    @Table(name = "soft_words")
    static class SoftWords extends Rows.Keyed {
        @ElementCollection
        @SoftDelete
        @CollectionTable(
                name = "soft_words_part",
                foreignKey = @ForeignKey(ConstraintMode.NO_CONSTRAINT), // its rows outlive those they belong to
                joinColumns = {
                    @JoinColumn(name = KEY, referencedColumnName = KEY),
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

    @Entity(name = "ListParent")
    @Table(name = "list_parent")
    static class ListParent extends Rows.Keyed {
        @OneToMany(mappedBy = "up", cascade = CascadeType.ALL)
        @OrderColumn(name = "place")
        List<ListChild> parts = new ArrayList<>();

        @Override
        Object link() {
            return parts;
        }
    }

    @Entity(name = "ListChild")
    @Table(name = "list_child")
    static class ListChild extends Rows.Keyed {
        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = KEY, referencedColumnName = KEY)
        @JoinColumn(name = "parent", referencedColumnName = "num")
        ListParent up;

        @Override
        Object link() {
            return up;
        }
    }

    @Entity(name = "MapParent")
    @Table(name = "map_parent")
    static class MapParent extends Rows.Keyed {
        @OneToMany(mappedBy = "up", cascade = CascadeType.ALL)
        @MapKeyColumn(name = "label")
        Map<String, MapChild> parts = new HashMap<>();

        @Override
        Object link() {
            return parts;
        }
    }

    @Entity(name = "MapChild")
    @Table(name = "map_child")
    static class MapChild extends Rows.Keyed {
        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = KEY, referencedColumnName = KEY)
        @JoinColumn(name = "parent", referencedColumnName = "num")
        MapParent up;

        @Override
        Object link() {
            return up;
        }
    }

    @Entity(name = "Body")
    @Table(name = "body")
    static class Body extends Rows.Keyed {
        @OneToOne(mappedBy = "up", cascade = CascadeType.ALL)
        Head up;

        @Override
        Object link() {
            return up;
        }
    }

    @Entity(name = "Head")
    @Table(name = "head")
    static class Head extends Rows.Keyed {
        @OneToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = KEY, referencedColumnName = KEY)
        @JoinColumn(name = "body", referencedColumnName = "num")
        Body up;

        @Override
        Object link() {
            return up;
        }
    }

    @Entity(name = "Whole")
    @Table(name = "whole")
    static class Whole extends Rows.Named {
        @EmbeddedId
        Rows.Embedded id;
    }

    @Entity(name = "Detail")
    @Table(name = "detail")
    static class Detail extends Rows.Named {
        @EmbeddedId
        Rows.Embedded id;

        @MapsId
        @OneToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = KEY, referencedColumnName = KEY)
        @JoinColumn(name = "num", referencedColumnName = "num")
        Whole up;

        @Override
        Object link() {
            return up;
        }
    }

    @Embeddable
    static class Address {
        String city;

        @Embedded
        Place place = new Place();
    }

    @Embeddable
    static class Place {
        String square;
    }

    @Entity(name = "Addressed")
    @Table(name = "addressed")
    static class Addressed extends Rows.Keyed {
        @Embedded
        Address address = new Address();

        @Override
        public void name(String value) {
            super.name(value);
            address.city = value;
            address.place.square = value;
        }
    }

    @Entity(name = "Computed")
    @Table(name = "computed")
    static class Computed extends Rows.Keyed {
        @Formula("upper(name)")
        String loud;

        @Formula(
                "(select /*+ shardloom.unchecked */ max(c.name) from computed c where c.customer = customer and c.num = num)")
        String again;
    }

    @Entity(name = "Dynamic")
    @Table(name = "dynamic")
    @DynamicInsert
    @DynamicUpdate
    static class Dynamic extends Rows.Keyed {
        String more;

        @Version
        int version;
    }

    @Entity(name = "Restricted")
    @Table(name = "restricted")
    @SQLRestriction("name is not null")
    static class Restricted extends Rows.Keyed {}

    @Entity(name = "Filtered")
    @Table(name = "filtered")
    @FilterDef(name = "named", autoEnabled = true, applyToLoadByKey = true, defaultCondition = "name is not null")
    @Filter(name = "named")
    static class Filtered extends Rows.Keyed {
        @OneToMany(mappedBy = "up", cascade = CascadeType.ALL)
        @Filter(name = "named")
        @SQLRestriction("name is not null")
        List<FilteredChild> parts = new ArrayList<>();

        @Override
        Object link() {
            return parts;
        }
    }

    @Entity(name = "FilteredChild")
    @Table(name = "filtered_child")
    @Filter(name = "named")
    static class FilteredChild extends Rows.Keyed {
        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = KEY, referencedColumnName = KEY)
        @JoinColumn(name = "parent", referencedColumnName = "num")
        Filtered up;

        @Override
        Object link() {
            return up;
        }
    }

    /** The id that no other key has, a number that other keys have too, and the key. */
    @MappedSuperclass
    abstract static class Apart extends Rows.Named {
        @Id
        Long num;

        @ShardKey(group = "default")
        UUID customer;
    }

    @Entity(name = "OutsideSuper")
    @Table(name = "outside_super")
    static class OutsideSuper extends Apart {}

    @Entity(name = "OutsideSingle")
    @Table(name = "outside_single")
    @Inheritance(strategy = InheritanceType.SINGLE_TABLE)
    @DiscriminatorColumn(name = "kind")
    static class OutsideSingle extends Apart {}

    @Entity(name = "OutsideSingleSub")
    static class OutsideSingleSub extends OutsideSingle {
        String more = "more";
    }

    @Entity(name = "OutsideDynamic")
    @Table(name = "outside_dynamic")
    @DynamicInsert
    @DynamicUpdate
    static class OutsideDynamic extends Apart {
        String more;
    }

    @Entity(name = "OutsideFiltered")
    @Table(name = "outside_filtered")
    @Filter(name = "named")
    @SQLRestriction("name is not null")
    static class OutsideFiltered extends Apart {}

    @Entity(name = "OutsideBody")
    @Table(name = "outside_body")
    static class OutsideBody extends Apart {
        @OneToOne(mappedBy = "up", cascade = CascadeType.ALL)
        OutsideHead up;

        @Override
        Object link() {
            return up;
        }
    }

    @Entity(name = "OutsideHead")
    @Table(name = "outside_head")
    static class OutsideHead extends Apart {
        @OneToOne(fetch = FetchType.LAZY)
        OutsideBody up;

        @Override
        Object link() {
            return up;
        }
    }

    /** In the plain layout ids are unique on a node; the number is what other keys have too. */
    @MappedSuperclass
    abstract static class Plain extends Rows.Named {
        @Id
        Long id;

        long num;

        @ShardKey(group = "plain")
        UUID customer;
    }

    @Entity(name = "PlainRow")
    @Table(name = "plain_row")
    static class PlainRow extends Plain {}

    @Entity(name = "PlainVersioned")
    @Table(name = "plain_versioned")
    static class PlainVersioned extends Plain {
        @Version
        int version;
    }

    @Entity(name = "PlainParent")
    @Table(name = "plain_parent")
    static class PlainParent extends Plain {
        @OneToMany(mappedBy = "up", cascade = CascadeType.ALL)
        List<PlainChild> parts = new ArrayList<>();

        @Override
        Object link() {
            return parts;
        }
    }

    @Entity(name = "PlainChild")
    @Table(name = "plain_child")
    static class PlainChild extends Plain {
        @ManyToOne(fetch = FetchType.LAZY)
        PlainParent up;

        @Override
        Object link() {
            return up;
        }
    }

    @Embeddable
    record PlainId(@ShardKey(group = "plain") UUID customer, long num) {}

    @Entity(name = "PlainWords")
    @Table(name = "plain_words")
    static class PlainWords extends Rows.Named {
        @EmbeddedId
        PlainId id;

        @ElementCollection
        @CollectionTable(
                name = "plain_words_part",
                joinColumns = {
                    @JoinColumn(name = KEY, referencedColumnName = KEY),
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
}
