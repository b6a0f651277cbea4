package io.shardloom.hibernate.faulty;

import io.shardloom.hibernate.LocalTable;
import io.shardloom.hibernate.ReferenceTable;
import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Converter;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.TenantId;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.YesNoConverter;

/** What is wrong with where rows live. */
public final class Homes {
    private Homes() {}

    /** Right: its key is its id. */
    @Entity
    public static class Account {
        @Id
        @ShardKey
        public UUID id;

        public String name;
    }

    /** Right: a reference table. */
    @Entity
    @ReferenceTable
    public static class Currency {
        @Id
        public String code;
    }

    /** Right: a local table. */
    @Entity
    @LocalTable(node = "n1")
    public static class Note {
        @Id
        public String name;
    }

    @Entity
    public static class Homeless {
        @Id
        public UUID id;
    }

    @Entity
    public static class TwoKeys {
        @Id
        @ShardKey
        public UUID id;

        @ShardKey
        public UUID customer;
    }

    @Entity
    @ReferenceTable
    public static class KeyedReference {
        @Id
        @ShardKey
        public UUID id;
    }

    @Entity
    @ReferenceTable
    @LocalTable(node = "n1")
    public static class LocalReference {
        @Id
        public UUID id;
    }

    @Entity
    @LocalTable(node = "n9")
    public static class Elsewhere {
        @Id
        public UUID id;
    }

    @Entity
    public static class KeyOnAssociation {
        @Id
        public UUID id;

        @ShardKey
        @ManyToOne
        public Currency currency;
    }

    @Embeddable
    public static class Address {
        public String country;
        public String city;
    }

    @Entity
    public static class KeyOnEmbeddable {
        @Id
        public UUID id;

        @ShardKey
        @Embedded
        public Address address;
    }

    @Embeddable
    public static class KeyedAddress {
        @ShardKey
        public String country;

        public String city;
    }

    @Entity
    public static class KeyInEmbeddable {
        @Id
        public UUID id;

        @Embedded
        public KeyedAddress address;
    }

    public record Whole(@Embedded KeyedAddress address, int number) {}

    @Entity
    public static class KeyDeepInId {
        @EmbeddedId
        public Whole id;
    }

    @Entity
    public static class KeyConverted {
        @Id
        public UUID id;

        @ShardKey
        @Convert(converter = YesNoConverter.class)
        public Boolean active;
    }

    @Converter
    public static class Upper implements AttributeConverter<String, String> {
        @Override
        public String convertToDatabaseColumn(String value) {
            return value == null ? null : value.toUpperCase(Locale.ROOT);
        }

        @Override
        public String convertToEntityAttribute(String value) {
            return value;
        }
    }

    @Entity
    public static class KeyConvertedText {
        @Id
        public UUID id;

        @ShardKey
        @Convert(converter = Upper.class)
        public String country;
    }

    /** Blanks at its end are no part of a char. */
    @Entity
    public static class KeyOfChars {
        @Id
        public UUID id;

        @ShardKey
        @Column(columnDefinition = "char(3)")
        public String country;
    }

    @Entity
    public static class KeyOfUuidAsText {
        @Id
        @ShardKey
        @JdbcTypeCode(SqlTypes.VARCHAR)
        public UUID id;
    }

    @Entity
    public static class KeyOfInstantWithoutZone {
        @Id
        public UUID id;

        @ShardKey
        @JdbcTypeCode(SqlTypes.TIMESTAMP)
        public Instant day;
    }

    /** Right: the types that its attributes have. */
    @Entity
    public static class KeyDefined {
        @Id
        public UUID id;

        @ShardKey
        @Column(columnDefinition = "timestamp (6) with time zone not null")
        public Instant day;
    }

    @Entity
    public static class KeyOnEnum {
        @Id
        public UUID id;

        @ShardKey
        public DayOfWeek day;
    }

    @Entity
    public static class KeyOnDouble {
        @Id
        public UUID id;

        @ShardKey
        public Double weight;
    }

    @Entity
    public static class KeyOnTransient {
        @Id
        public UUID id;

        @ShardKey
        @Transient
        public UUID customer;
    }

    @Entity
    public static class KeyOnFormula {
        @Id
        public UUID id;

        @ShardKey
        @Formula("1")
        public Long one;
    }

    @Entity
    public static class OfGroupShop {
        @Id
        @ShardKey(group = "shop")
        public UUID id;
    }

    @Entity
    public static class OfGroupShopByNumber {
        @Id
        @ShardKey(group = "shop")
        public Long id;
    }

    @Entity
    public static class OfGroupShpo {
        @Id
        @ShardKey(group = "shpo")
        public UUID id;
    }

    @Entity
    public static class ByText {
        @Id
        @ShardKey
        public String country;
    }

    @Entity
    public static class ByNumber {
        @Id
        @ShardKey
        public Long number;

        public String name;
    }

    @Entity
    @Table(name = "a_table_with_a_name_of_sixty_one_bytes_which_postgresql_keeps")
    public static class LongName {
        @Id
        @ShardKey
        public UUID id;

        @Column(length = 10)
        public String text;
    }

    @Entity
    public static class Tenanted {
        @Id
        @ShardKey
        public UUID id;

        @TenantId
        public String tenant;
    }
}
