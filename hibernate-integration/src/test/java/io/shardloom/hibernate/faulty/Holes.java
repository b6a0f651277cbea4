package io.shardloom.hibernate.faulty;

import io.shardloom.hibernate.ReferenceTable;
import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKey;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.Any;
import org.hibernate.annotations.AnyDiscriminatorValue;
import org.hibernate.annotations.AnyKeyJavaClass;
import org.hibernate.annotations.Audited;
import org.hibernate.annotations.CollectionId;
import org.hibernate.annotations.CollectionIdJavaClass;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.Filter;
import org.hibernate.annotations.FilterDef;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.RowId;
import org.hibernate.annotations.SQLDelete;
import org.hibernate.annotations.SQLInsert;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.annotations.SQLSelect;
import org.hibernate.annotations.SQLUpdate;
import org.hibernate.annotations.Subselect;
import org.hibernate.annotations.Temporal;

/** Mappings whose statements Hibernate would send without the key. */
public final class Holes {
    private Holes() {}

    public record Id2(UUID customer, long num) {}

    /** Right: a child with its key outside the id, in collections that write nothing of their own. */
    @Entity
    public static class Child {
        @Id
        public long num;

        @ShardKey
        public UUID customer;

        public String label;

        @ManyToOne
        public Parent up;
    }

    /** Right: it has no collection that writes. */
    @Entity
    public static class Parent {
        @Id
        public long num;

        @ShardKey
        public UUID customer;

        @OneToMany(mappedBy = "up", cascade = CascadeType.ALL)
        @OrderBy("label")
        public List<Child> ordered = new ArrayList<>();

        @OneToMany(mappedBy = "up")
        @MapKey(name = "label")
        public Map<String, Child> byLabel = new HashMap<>();
    }

    @Entity
    public static class PlacedParent {
        @Id
        public long num;

        @ShardKey
        public UUID customer;

        @OneToMany(mappedBy = "up")
        @OrderColumn(name = "place")
        public List<PlacedChild> list = new ArrayList<>();

        @OneToMany(mappedBy = "up")
        @MapKeyColumn(name = "label")
        public Map<String, PlacedChild> map = new HashMap<>();

        @OneToMany
        @JoinColumn(name = "one_sided")
        public Set<PlacedChild> set = new HashSet<>();
    }

    @Entity
    public static class PlacedChild {
        @Id
        public long num;

        @ShardKey
        public UUID customer;

        @ManyToOne
        public PlacedParent up;
    }

    @Entity
    @IdClass(Id2.class)
    public static class OneSided {
        @Id
        @ShardKey
        public UUID customer;

        @Id
        public long num;

        @OneToMany
        @JoinColumn(name = "customer", referencedColumnName = "customer")
        @JoinColumn(name = "parent", referencedColumnName = "num")
        public Set<OneSidedChild> children = new HashSet<>();

        @OneToMany
        @JoinColumn(name = "sided_customer", referencedColumnName = "customer")
        @JoinColumn(name = "sided_num", referencedColumnName = "num")
        public Set<Currency> currencies = new HashSet<>();
    }

    @Entity
    @IdClass(Id2.class)
    public static class OneSidedChild {
        @Id
        @ShardKey
        public UUID customer;

        @Id
        public long num;
    }

    @Entity
    @ReferenceTable
    public static class Currency {
        @Id
        public long num;
    }

    @Entity
    public static class AnyOf {
        @Id
        public long num;

        @ShardKey
        public UUID customer;

        @Any
        @AnyKeyJavaClass(Long.class)
        @Column(name = "any_type")
        @JoinColumn(name = "any_num")
        @AnyDiscriminatorValue(discriminator = "C", entity = Child.class)
        public Object any;

        @Any
        @AnyKeyJavaClass(Long.class)
        @Column(name = "other_type")
        @JoinColumn(name = "other_num")
        public Object other;

        @Any
        @AnyKeyJavaClass(Long.class)
        @Column(name = "currency_type")
        @JoinColumn(name = "currency_num")
        @AnyDiscriminatorValue(discriminator = "E", entity = Currency.class)
        public Object right;
    }

    @Entity
    @IdClass(Id2.class)
    @SQLInsert(sql = "insert into statements (name, customer, num) values (?, ?, ?)")
    @SQLUpdate(sql = "update statements set name = ? where num > 0")
    @SQLDelete(sql = "delete from statements")
    @SQLSelect(sql = "select * from statements")
    public static class Statements {
        @Id
        @ShardKey
        public UUID customer;

        @Id
        public long num;

        public String name;
    }

    @Entity
    @IdClass(Id2.class)
    @Subselect("select * from others")
    public static class View {
        @Id
        @ShardKey
        public UUID customer;

        @Id
        public long num;
    }

    @Entity
    @IdClass(Id2.class)
    @SQLRestriction("num in (select num from others)")
    @FilterDef(name = "among", defaultCondition = "num in (SELECT num from others)")
    @Filter(name = "among")
    public static class Fragments {
        @Id
        @ShardKey
        public UUID customer;

        @Id
        public long num;

        @Formula("(select count(*) from others o where o.num = num)")
        public long others;

        @Formula("(select /*+ shardloom.unchecked */ count(*) from others o where o.customer = customer)")
        public long right;

        @Formula("selected + 1")
        public long alsoRight;

        @ColumnTransformer(read = "(select name)")
        public String name;

        public long selected;

        @Generated(sql = "(select max(o.num) + 1 from others o)")
        public long next;

        @Generated(sql = "random(1, 6)")
        public int dice;

        @ElementCollection
        @SQLRestriction("label in (select label from others)")
        public Set<String> labels = new HashSet<>();
    }

    /** Hibernate would update and delete its rows by where they are in a file. */
    @Entity
    @RowId
    public static class ByPlace {
        @Id
        @ShardKey
        public UUID customer;
    }

    /** A view cannot be partitioned. */
    @Entity
    @org.hibernate.annotations.View(query = "select customer from others")
    public static class Seen {
        @Id
        @ShardKey
        public UUID customer;
    }

    /** Its past would be changed by other keys. */
    @Entity
    @Temporal
    public static class Remembered {
        @Id
        public long num;

        @ShardKey
        public UUID customer;

        @Version
        public int version;
    }

    /** Right, but for row-level security, which does not know the tables of its past. */
    @Entity
    @Audited
    public static class Watched {
        @Id
        @ShardKey
        public UUID customer;

        @ElementCollection
        @Audited
        public Set<String> labels = new HashSet<>();
    }

    /** Its past would be on one node alone. */
    @Entity
    @ReferenceTable
    @Audited
    public static class WatchedReference {
        @Id
        public String code;
    }

    /** Rows of its collection would be found by a number alone. */
    @Entity
    public static class Numbered {
        @Id
        @ShardKey
        public UUID customer;

        @ElementCollection
        @CollectionId(column = @Column(name = "num"), generator = "increment")
        @CollectionIdJavaClass(idType = Long.class)
        public List<String> labels = new ArrayList<>();
    }
}
