package io.shardloom.hibernate.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.RefusedQueryException;
import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Converter;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attributes that the other models have not: converters by which several values of the database are one to entities, arrays. */
@WithCluster
class UncommonAttributesIT {
    static EmbeddedCluster cluster;
    static EntityManagerFactory sharded;
    static EntityManagerFactory plain;
    static Shardloom shop;

    /** Null and {@code N} are both false. */
    @Converter
    static class Sure implements AttributeConverter<Boolean, String> {
        @Override
        public String convertToDatabaseColumn(Boolean value) {
            return Boolean.TRUE.equals(value) ? "Y" : "N";
        }

        @Override
        public Boolean convertToEntityAttribute(String value) {
            return "Y".equals(value);
        }
    }

    /** Nothing is kept as 0. */
    @Converter
    static class ZeroIsNothing implements AttributeConverter<Integer, Integer> {
        @Override
        public Integer convertToDatabaseColumn(Integer value) {
            return value == null ? Integer.valueOf(0) : value;
        }

        @Override
        public Integer convertToEntityAttribute(Integer value) {
            return value == null || value == 0 ? null : value;
        }
    }

    record Money(BigDecimal amount) {}

    /** No price is kept as -1. */
    @Converter
    static class Prices implements AttributeConverter<Money, BigDecimal> {
        @Override
        public BigDecimal convertToDatabaseColumn(Money value) {
            return value == null ? BigDecimal.ONE.negate() : value.amount();
        }

        @Override
        public Money convertToEntityAttribute(BigDecimal value) {
            return value == null || value.signum() < 0 ? null : new Money(value);
        }
    }

    record Time(LocalDateTime at) {}

    @Converter
    static class Times implements AttributeConverter<Time, LocalDateTime> {
        @Override
        public LocalDateTime convertToDatabaseColumn(Time value) {
            return value == null ? null : value.at();
        }

        @Override
        public Time convertToEntityAttribute(LocalDateTime value) {
            return value == null ? null : new Time(value);
        }
    }

    @Entity(name = "Bulb")
    static class Bulb {
        @Id
        @ShardKey
        Long id;

        @Convert(converter = Sure.class)
        Boolean lit;

        @Convert(converter = ZeroIsNothing.class)
        Integer watts;

        @Convert(converter = Prices.class)
        @Column(precision = 30, scale = 8)
        Money price;

        @Convert(converter = Times.class)
        Time made;

        String[] tags;
    }

    @BeforeAll
    static void open() throws SQLException {
        var one = cluster.node("n1").primary();
        one.execute("create schema plain");
        sharded = open(cluster.shardloomProperties());
        plain = open(Map.of(
                "jakarta.persistence.jdbc.url", one.jdbcUrl() + "?currentSchema=plain",
                "jakarta.persistence.jdbc.user", one.user(),
                "jakarta.persistence.jdbc.password", one.password()));
        shop = Shardloom.of(sharded);
        for (long id = 1; id <= 24; id++) {
            var row = "Bulb (id, lit, watts, price, made, tags) values (" + id + ", "
                    + List.of("'Y'", "'N'", "null").get((int) id % 3)
                    + ", " + List.of("0", "null", "-5", "40", "60").get((int) id % 5)
                    + ", "
                    + List.of("null", "-1", "0.00000001", "123456789012345.00000002", "7.5")
                            .get((int) id % 5)
                    + ", "
                    + List.of("null", "'2024-02-29 12:00:00.000001'", "'2024-02-29 12:00:00.000002'")
                            .get((int) id / 3 % 3)
                    + ", " + List.of("null", "'{}'", "'{a}'", "'{b,a}'").get((int) id % 4) + ")";
            one.execute("insert into plain." + row);
            cluster.node(shop.sharding().locate(shop.sharding().key(id)).node().name())
                    .primary()
                    .execute("insert into " + row);
        }
    }

    private static EntityManagerFactory open(Map<String, ?> properties) {
        var unit = new HibernatePersistenceConfiguration("bulbs").managedClass(Bulb.class);
        properties.forEach(unit::property);
        unit.property("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        return unit.createEntityManagerFactory();
    }

    @AfterAll
    static void close() {
        sharded.close();
        plain.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select b.lit, count(*) from Bulb b group by b.lit",
                "select b.lit, b.watts, sum(b.id) from Bulb b group by b.lit, b.watts",
                "select b.id, b.watts from Bulb b order by b.watts, b.id",
                "select b.id, b.lit from Bulb b order by b.lit desc, b.id",
                "select b.watts from Bulb b order by b.watts nulls first, b.id limit 7 offset 3",
                "select b.lit, count(*) from Bulb b group by b.lit order by b.lit",
                "select b.watts, max(b.id) from Bulb b group by b.watts order by b.watts desc nulls last",
                "select b.id, b.price from Bulb b order by b.price, b.id",
                "select b.price, count(*) from Bulb b group by b.price order by b.price desc",
                "select b.made, b.price, min(b.id) from Bulb b group by b.made, b.price",
                "select b.id from Bulb b order by b.made desc nulls last, b.price, b.id limit 9 offset 2",
                "select distinct b.made from Bulb b order by b.made",
                "select max(b.price), min(b.price), max(b.made), count(distinct b.price), count(distinct b.made) from Bulb b",
                "select b.lit, count(distinct b.price), count(distinct b.watts) from Bulb b group by b.lit",
                "select c.price, count(*) from (select b.price price from Bulb b) c group by c.price order by c.price",
                "select distinct b.lit from Bulb b",
                "select distinct b.lit, b.watts from Bulb b order by b.lit, b.watts",
                "select count(distinct b.lit), count(distinct b.watts), count(b.watts) from Bulb b",
                "select cast(b.lit as String), count(*) from Bulb b group by cast(b.lit as String)",
                "select max(b.watts), min(b.watts), min(b.lit), max(b.lit) from Bulb b",
                "select min(b.watts), max(b.lit) from Bulb b where b.id < 0",
                "select b.id, b.lit from Bulb b where upper(b.tags[1]) = 'A' order by b.id",
                "select b.id, b.tags[1] from Bulb b order by b.id",
                "select b.id / 10, listagg(cast(b.id as String), ';') within group (order by b.id) from Bulb b group by b.id / 10"
                        + " order by 2 desc, 1 limit 0",
                "from Bulb b order by b.watts desc, b.id",
                "select b.id from Bulb b where b.id = 3000000000",
                "select b.id from Bulb b where b.id in (3, 3000000000) order by b.id",
                "select b.id from Bulb b where b.id < 3000000000 order by b.id",
                "select b.id from Bulb b where b.id > 99999999999999999999",
                "select b.id from Bulb b where b.id between -3000000000 and 4 order by b.id",
                "select count(*) + 3000000000, sum(b.id) * 3000000000 from Bulb b",
                "select b.lit, count(*) from Bulb b group by b.lit having sum(b.id) < 3000000000",
                "select b.id from Bulb b order by coalesce(b.lit, true), b.id",
                "select b.lit, count(*) from Bulb b group by b.lit having b.lit = true or count(*) > 100",
                "select b.lit, count(*) from Bulb b group by b.lit having b.lit is null or upper(max(b.lit)) = 'Y'",
                "select b.lit, count(*) from Bulb b group by b.lit order by upper(max(cast(b.id as String))), b.lit",
                "select b.lit, case when b.lit = true then count(*) else 0 end from Bulb b group by b.lit",
                "select b.lit, case when count(*) > 7 then b.lit else null end from Bulb b group by b.lit",
                "select b.lit, cast(b.lit as String) || count(*) from Bulb b group by b.lit",
                "select b.watts, b.watts + count(*) from Bulb b group by b.watts",
                "select b.price, case when b.price = max(b.price) then 1 else 2 end from Bulb b group by b.price",
                "select b.made, case when b.made = max(b.made) then count(*) else 2 end, coalesce(b.made, max(b.made)) from Bulb b"
                        + " group by b.made",
                "select b.lit, max(b.price) from Bulb b group by b.lit having max(b.price) is not null order by max(b.price), 1",
                "select max(b.watts) * 2, abs(min(b.watts)), coalesce(max(b.watts), 5) from Bulb b",
                "select coalesce(b.lit, true), count(*) from Bulb b group by coalesce(b.lit, true)",
                "select nullif(b.lit, true), count(*) from Bulb b group by nullif(b.lit, true)",
                "select count(distinct coalesce(b.lit, true)), max(coalesce(b.lit, true)) from Bulb b",
                "select d.l, count(*) from (select b.lit as l from Bulb b) d group by d.l having d.l = true or count(*) > 100",
                "select b.lit from Bulb b union select b.lit from Bulb b where b.id > 10",
                "select b.watts, b.lit from Bulb b union select b.watts, b.lit from Bulb b where b.id > 10",
                "select b.id, b.lit from Bulb b union select b.id, b.lit from Bulb b where b.id > 10",
                "(select b.price from Bulb b union select b.price from Bulb b where b.id > 10) order by 1 desc nulls last limit 3",
                "(select b.price from Bulb b union all select b.price from Bulb b where b.id > 10) order by 1",
                "select b.price from Bulb b intersect select b.price from Bulb b where b.id > 20",
                "select b.price from Bulb b except select b.price from Bulb b where b.id > 20",
                "select b.made from Bulb b except all select b.made from Bulb b where b.id > 20",
                "(select max(b.watts), b.lit from Bulb b group by b.lit union select b.watts, b.lit from Bulb b) order by 2, 1",
                "(select b.lit from Bulb b union select b.lit from Bulb b) union all select b.lit from Bulb b",
                "(select b.lit as l from Bulb b order by l limit 3) union all (select b.lit from Bulb b order by 1 desc limit 3)",
                "select array_agg(b.lit) within group (order by b.id) from Bulb b",
                "select array_agg(b.watts) within group (order by b.watts, b.id) from Bulb b",
                "select array_agg(b.price) within group (order by b.price desc nulls last) from Bulb b",
                "select array_agg(b.watts) within group (order by b.price desc, b.id) filter (where b.id > 4) from Bulb b group by"
                        + " b.lit",
                "select listagg(b.lit, ',') within group (order by b.lit) from Bulb b",
                "select listagg(distinct b.lit, ',') within group (order by b.lit desc) from Bulb b",
                "select sum(b.watts), avg(b.watts), sum(b.price), avg(b.price) from Bulb b",
                "select b.lit, sum(distinct b.watts), avg(distinct b.watts), sum(distinct b.price), sum(b.watts) * 2 + count(*),"
                        + " stddev_pop(b.watts) from Bulb b group by b.lit"
            })
    void areAnsweredAsByOneServer(String hql) {
        assertThat(rows(shop.query(hql, Object.class).getResultList(), hql))
                .isEqualTo(rows(
                        plain.callInTransaction(
                                em -> em.createQuery(hql, Object.class).getResultList()),
                        hql));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select b.tags[1], count(*) from Bulb b group by b.tags[1]",
                "select b.id from Bulb b order by b.tags[1], b.id",
                "select coalesce(b.watts, 7), count(*) from Bulb b group by coalesce(b.watts, 7)",
                "select array_agg(distinct b.watts) within group (order by b.watts) from Bulb b",
                "select b.watts from Bulb b union select coalesce(b.watts, 7) from Bulb b",
                "(select b.watts from Bulb b union select b.watts from Bulb b) union all select coalesce(b.watts, 7) from Bulb b"
            })
    void areRefusedWhereTheMergeWouldNeedTheValuesOfTheDatabase(String hql) {
        assertThatThrownBy(() -> shop.query(hql, Object.class).getResultList())
                .isInstanceOf(RefusedQueryException.class);
    }

    @Test
    void areListedWithoutASeparatorWhereItIsNull() {
        var hql = "select listagg(cast(b.id as String), :separator) within group (order by b.id) from Bulb b";

        assertThat(shop.query(hql, String.class).setParameter("separator", null).getSingleResult())
                .isEqualTo(plain.callInTransaction(em -> em.createQuery(hql, String.class)
                        .setParameter("separator", null)
                        .getSingleResult()));
    }

    private static List<String> rows(List<?> rows, String hql) {
        var texts = rows.stream()
                .map(row -> row instanceof Bulb bulb
                        ? bulb.id + " " + bulb.lit + " " + bulb.watts + " " + bulb.price + " " + bulb.made
                        : row instanceof Object[] values ? Arrays.toString(values) : String.valueOf(row));
        return (hql.contains("order by") ? texts : texts.sorted()).toList();
    }
}
