package io.shardloom.hibernate.caching;

import io.shardloom.hibernate.LocalTable;
import io.shardloom.hibernate.ReferenceTable;
import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.ShardedUuid;
import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.NaturalIdCache;

/** Entities of every home, all cached. */
final class Stock {
    static final Class<?>[] ENTITIES = {
        Depot.class, Crate.class, Content.class, Van.class, Unit.class, Rate.class, Setting.class
    };

    private Stock() {}

    @Entity(name = "Depot")
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    @NaturalIdCache
    public static class Depot {
        @Id
        @ShardKey
        public UUID depotId;

        @NaturalId(mutable = true)
        public String code;

        public String name;

        protected Depot() {}

        Depot(UUID depotId, String code, String name) {
            this.depotId = depotId;
            this.code = code;
            this.name = name;
        }
    }

    public record CrateId(UUID depotId, UUID id) {}

    @Entity(name = "Crate")
    @IdClass(CrateId.class)
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    public static class Crate {
        @Id
        @ShardKey
        public UUID depotId;

        @Id
        @ShardedUuid
        public UUID id;

        public String label;

        @ManyToOne(fetch = FetchType.LAZY)
        public Unit unit;

        @ElementCollection
        @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
        public Set<String> marks = new HashSet<>();

        @OneToMany(mappedBy = "crate", cascade = CascadeType.ALL)
        @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
        public Set<Content> contents = new HashSet<>();

        protected Crate() {}

        Crate(UUID depotId, String label) {
            this.depotId = depotId;
            this.label = label;
        }

        CrateId key() {
            return new CrateId(depotId, id);
        }
    }

    @Entity(name = "Content")
    @IdClass(CrateId.class)
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    public static class Content {
        @Id
        @ShardKey
        public UUID depotId;

        @Id
        @ShardedUuid
        public UUID id;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "depotId", referencedColumnName = "depotId")
        @JoinColumn(name = "crateId", referencedColumnName = "id")
        public Crate crate;

        public String article;

        protected Content() {}

        Content(Crate crate, String article) {
            this.depotId = crate.depotId;
            this.crate = crate;
            this.article = article;
        }
    }

    /** Its key stands beside its id. */
    @Entity(name = "Van")
    @Cache(usage = CacheConcurrencyStrategy.NONSTRICT_READ_WRITE)
    public static class Van {
        @Id
        public Integer number;

        @ShardKey
        public UUID depotId;

        public String driver;

        protected Van() {}

        Van(Integer number, UUID depotId, String driver) {
            this.number = number;
            this.depotId = depotId;
            this.driver = driver;
        }
    }

    @Entity(name = "Unit")
    @ReferenceTable
    @Cache(usage = CacheConcurrencyStrategy.READ_ONLY)
    @NaturalIdCache
    public static class Unit {
        @Id
        public String code;

        @NaturalId
        public String name;

        @ElementCollection
        @Cache(usage = CacheConcurrencyStrategy.READ_ONLY)
        public Set<String> signs = new HashSet<>();
    }

    /** Reference data that may change. */
    @Entity(name = "Rate")
    @ReferenceTable
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    public static class Rate {
        @Id
        public String code;

        public int percent;
    }

    @Entity(name = "Setting")
    @LocalTable(node = "n2")
    @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
    public static class Setting {
        @Id
        public String name;

        public String text;

        protected Setting() {}

        Setting(String name, String text) {
            this.name = name;
            this.text = text;
        }
    }
}
