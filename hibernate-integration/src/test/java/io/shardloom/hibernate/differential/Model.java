package io.shardloom.hibernate.differential;

import io.shardloom.hibernate.ReferenceTable;
import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.ShardedUuid;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Entities with a column of every type that can be sorted, and every way to be joined. */
final class Model {
    static final List<Class<?>> ENTITIES = List.of(Land.class, Client.class, Purchase.class, Item.class, Measure.class);

    private Model() {}

    enum Level {
        LOW,
        MIDDLE,
        HIGH
    }

    @Entity(name = "Land")
    @ReferenceTable
    static class Land {
        @Id
        String code;

        String name;
        Integer area;
    }

    @Entity(name = "Client")
    static class Client {
        @Id
        @ShardKey(group = "clients")
        Long id;

        String name;
        String region;
        Integer age;
        Double score;
        Float weight;
        Short grade;
        boolean vip;

        @Enumerated(EnumType.STRING)
        Level level;

        @Enumerated(EnumType.ORDINAL)
        Level rank;

        LocalDateTime created;
        Instant seen;
        UUID token;

        @Column(precision = 30, scale = 10)
        BigDecimal credit;

        Long points;

        @ManyToOne(fetch = FetchType.LAZY)
        Land land;

        @OneToMany(mappedBy = "client")
        List<Purchase> purchases = new ArrayList<>();
    }

    record PurchaseId(Long clientId, UUID id) {}

    @Entity(name = "Purchase")
    @Table(name = "purchase")
    @IdClass(PurchaseId.class)
    static class Purchase {
        @Id
        @ShardKey(group = "clients")
        Long clientId;

        @Id
        @ShardedUuid
        UUID id;

        int number;
        String status;

        @Column(precision = 12, scale = 2)
        BigDecimal total;

        Integer quantity;
        Boolean paid;
        LocalDate day;
        String note;

        @Convert(converter = Reversed.class)
        String secret;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "clientId", insertable = false, updatable = false)
        Client client;

        @ManyToOne(fetch = FetchType.LAZY)
        Land target;

        @ManyToOne(fetch = FetchType.LAZY)
        Purchase before;

        @OneToMany(mappedBy = "purchase")
        List<Item> items = new ArrayList<>();

        @ElementCollection
        List<String> tags = new ArrayList<>();
    }

    record ItemId(Long clientId, Integer number) {}

    @Entity(name = "Item")
    @IdClass(ItemId.class)
    static class Item {
        @Id
        @ShardKey(group = "clients")
        Long clientId;

        @Id
        Integer number;

        UUID purchaseId;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "clientId", referencedColumnName = "clientId", insertable = false, updatable = false)
        @JoinColumn(name = "purchaseId", referencedColumnName = "id", insertable = false, updatable = false)
        Purchase purchase;

        String article;

        @Column(precision = 10, scale = 3)
        BigDecimal price;

        int pieces;
    }

    @Embeddable
    record MeasureId(
            String station, @ShardKey(group = "days") LocalDate day) {}

    @Entity(name = "Measure")
    static class Measure {
        @EmbeddedId
        MeasureId id;

        Double degrees;
        Integer wind;
    }

    /** Stores a text back to front. */
    static class Reversed implements AttributeConverter<String, String> {
        @Override
        public String convertToDatabaseColumn(String value) {
            return value == null ? null : new StringBuilder(value).reverse().toString();
        }

        @Override
        public String convertToEntityAttribute(String value) {
            return value == null ? null : new StringBuilder(value).reverse().toString();
        }
    }

    record Pair(String name, Long number) {}

    record Three(String name, Long count, BigDecimal sum) {}
}
