package io.shardloom.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.key.KeyType;
import io.shardloom.strategy.PartitionBound.HashBound;
import io.shardloom.strategy.PartitionBound.ListBound;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionBoundTest {

    @Test
    void writesWhatPostgresWrites() {
        assertThat(new HashBound(32, 7).sql()).isEqualTo("WITH (MODULUS 32, REMAINDER 7)");
        assertThat(new HashBound(32, 7).clause()).isEqualTo("FOR VALUES WITH (MODULUS 32, REMAINDER 7)");
        assertThat(new ListBound(KeyType.TEXT, List.of("EUA", "Brasil")).sql()).isEqualTo("IN ('EUA', 'Brasil')");
        assertThat(new PartitionBound.DefaultBound().clause()).isEqualTo("DEFAULT");
        assertThat(parse("from ( '2016-01-01' ) to ('2017-01-01')", KeyType.DATE))
                .isEqualTo("FROM ('2016-01-01') TO ('2017-01-01')");
    }

    @Test
    void readsWhateverPostgresReads() {
        assertThat(parse("for values in ('O''Hara',  'a, b)', '')", KeyType.TEXT))
                .isEqualTo("IN ('O''Hara', 'a, b)', '')");
        assertThat(parse("FROM (minvalue) TO (MaxValue)", KeyType.INT8)).isEqualTo("FROM (MINVALUE) TO (MAXVALUE)");
        assertThat(parse("IN (-1, '2', 3)", KeyType.INT4)).isEqualTo("IN ('-1', 2, 3)");
        assertThat(parse("modulus 64, remainder 3", KeyType.UUID)).isEqualTo("WITH (MODULUS 64, REMAINDER 3)");
        assertThat(parse("FOR VALUES WITH (modulus 64, remainder 3)", KeyType.UUID))
                .isEqualTo("WITH (MODULUS 64, REMAINDER 3)");
        assertThat(parse(" default ", KeyType.UUID)).isEqualTo("DEFAULT");
        assertThat(parse("FROM ('2016-01-01 10:30+02') TO ('2016-01-01 12:00:00.5+00')", KeyType.TIMESTAMPTZ))
                .isEqualTo("FROM ('2016-01-01 08:30:00+00') TO ('2016-01-01 12:00:00.5+00')");
    }

    @Test
    void saysWhereABoundIsWrong() {
        String forms = " Write IN ('a', 'b'), FROM ('a') TO ('m') with MINVALUE and MAXVALUE for open ends, MODULUS 32,"
                + " REMAINDER 7, or DEFAULT.";
        refuses("IN 'a'", "not a partition bound: ''a'' stands where ( is expected." + forms);
        refuses("IN ('a'", "not a partition bound: the end stands where ) is expected." + forms);
        refuses("IN ('a') x", "not a partition bound: 'x' stands where the end is expected." + forms);
        refuses("IN ('a)", "not a partition bound: a quote opens at character 5 and does not close." + forms);
        refuses("IN ()", "not a partition bound: ')' stands where a value is expected." + forms);
        refuses(
                "MODULUS x, REMAINDER 1",
                "not a partition bound: 'x' stands where a whole number is expected." + forms);
        refuses("MODULUS 4, REMAINDER 4", "REMAINDER 4 does not fit MODULUS 4. Give a remainder from 0 to 3.");
        refuses("", "not a partition bound: the end stands where MODULUS is expected." + forms);
    }

    @Test
    void refusesValuesThatAreNoKeys() {
        assertThatThrownBy(() -> PartitionBound.parse("IN (NULL)", KeyType.TEXT))
                .isInstanceOf(InvalidShardKeyException.class)
                .hasMessage("NULL cannot be in a bound, because a shard key is never null. Leave it out.");
        assertThatThrownBy(() -> PartitionBound.parse("IN (a)", KeyType.TEXT))
                .hasMessage("a is not a literal of type text. Put it in single quotes: 'a'.");
        assertThatThrownBy(() -> PartitionBound.parse("IN (40000)", KeyType.INT2))
                .hasMessage("smallint is expected, which takes -32768 to 32767; given was 40000.");
    }

    private static String parse(String sql, KeyType type) {
        PartitionBound bound = PartitionBound.parse(sql, type);
        assertThat(PartitionBound.parse(bound.clause(), type)).isEqualTo(bound);
        return bound.sql();
    }

    private static void refuses(String sql, String message) {
        assertThatThrownBy(() -> PartitionBound.parse(sql, KeyType.TEXT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
