package io.shardloom.strategy;

import static io.shardloom.strategy.StrategyKind.HASH;
import static io.shardloom.strategy.StrategyKind.LIST;
import static io.shardloom.strategy.StrategyKind.RANGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.key.KeyType;
import org.junit.jupiter.api.Test;

class ShardingStrategyTest {

    @Test
    void namesEveryValueThatTwoListsHold() {
        assertThat(Bounds.faults(LIST, KeyType.TEXT, "IN ('a', 'b')", "IN ('b', 'c', 'a')"))
                .containsExactly(
                        "s1: the value 'b' is also in shard s0. Leave it in one of the two.",
                        "s1: the value 'a' is also in shard s0. Leave it in one of the two.");
    }

    @Test
    void allowsAValueTwiceInOneListAsPostgresDoes() {
        assertThat(Bounds.faults(LIST, KeyType.INT4, "IN (1, 1)", "IN (2)")).isEmpty();
    }

    @Test
    void allowsOneDefaultOnly() {
        assertThat(Bounds.faults(LIST, KeyType.INT4, "DEFAULT", "IN (1)", "DEFAULT"))
                .containsExactly("s2: shard s0 is the DEFAULT already. Keep one DEFAULT, give the other a bound.");
        assertThat(Bounds.faults(RANGE, KeyType.INT4, "DEFAULT", "DEFAULT")).hasSize(1);
    }

    @Test
    void refusesRangesThatOverlapOrAreEmpty() {
        assertThat(Bounds.faults(RANGE, KeyType.INT4, "FROM (1) TO (10)", "FROM (9) TO (20)"))
                .containsExactly(
                        "s1: FROM (9) TO (20) overlaps shard s0 (FROM (1) TO (10)). Let one end where the other"
                                + " starts.");
        assertThat(Bounds.faults(
                        RANGE, KeyType.INT4, "FROM (MINVALUE) TO (MAXVALUE)", "FROM (3) TO (4)", "FROM (5) TO (6)"))
                .hasSize(2);
        assertThat(Bounds.faults(RANGE, KeyType.INT4, "FROM (5) TO (5)"))
                .containsExactly(
                        "s0: FROM (5) TO (5) is empty: the lower end is not below the upper one. The lower end is"
                                + " in the range, the upper one is not.");
        assertThat(Bounds.faults(RANGE, KeyType.INT4, "FROM (MAXVALUE) TO (MINVALUE)"))
                .hasSize(1);
    }

    @Test
    void allowsRangesThatTouchAndGapsBetweenThem() {
        assertThat(Bounds.faults(RANGE, KeyType.INT4, "FROM (10) TO (MAXVALUE)", "FROM (1) TO (3)", "FROM (3) TO (5)"))
                .isEmpty();
    }

    @Test
    void namesShardsAndRemaindersOfAHashMapWithGapsAndOverlaps() {
        assertThat(Bounds.faults(
                        HASH,
                        KeyType.INT8,
                        "MODULUS 4, REMAINDER 0",
                        "MODULUS 8, REMAINDER 4",
                        "MODULUS 4, REMAINDER 1"))
                .containsExactly(
                        "s1: MODULUS 8, REMAINDER 4 overlaps shard s0 (MODULUS 4, REMAINDER 0): both take remainder 4 of"
                                + " modulus 8. Give each remainder to one shard.",
                        "null: no shard takes these remainders of modulus 8: [2, 3, 6, 7]. A hash group has no DEFAULT,"
                                + " so add shards for them.");
    }

    @Test
    void refusesModuliThatDoNotDivideEachOther() {
        assertThat(Bounds.faults(HASH, KeyType.INT8, "MODULUS 4, REMAINDER 0", "MODULUS 6, REMAINDER 1"))
                .containsExactly(
                        "null: modulus 4 is not a factor of 6, the next larger one. Use moduli that divide each"
                                + " other, such as 32 and 64.");
    }

    @Test
    void refusesDefaultAndForeignBoundsInAHashGroup() {
        assertThat(Bounds.faults(HASH, KeyType.INT8, "DEFAULT", "IN (1)"))
                .containsExactly(
                        "s0: a hash group may not have a DEFAULT shard, because every key has a remainder. Give MODULUS"
                                + " and REMAINDER.",
                        "s1: IN ('1') is not a bound of a hash group with bigint keys. Write MODULUS 32, REMAINDER 7.");
    }

    @Test
    void throwsWhatItFindsWhenMade() {
        assertThatThrownBy(() -> Bounds.of(RANGE, KeyType.INT4, Bounds.parse(KeyType.INT4, "FROM (5) TO (5)")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("shard s0: FROM (5) TO (5) is empty");
    }

    @Test
    void findsNoShardInAGapAndTheDefaultIfThereIsOne() {
        var gaps = Bounds.of(RANGE, KeyType.INT4, Bounds.parse(KeyType.INT4, "FROM (10) TO (20)", "FROM (0) TO (5)"));
        assertThat(gaps.indexFor(4)).isEqualTo(1);
        assertThat(gaps.indexFor(5)).isEqualTo(-1);
        assertThat(gaps.indexFor(-1)).isEqualTo(-1);
        assertThat(gaps.indexFor(20)).isEqualTo(-1);

        var list = Bounds.of(LIST, KeyType.TEXT, Bounds.parse(KeyType.TEXT, "DEFAULT", "IN ('a')"));
        assertThat(list.indexFor("a")).isEqualTo(1);
        assertThat(list.indexFor("b")).isZero();
        assertThat(list.hashOf("a")).isEmpty();
    }
}
