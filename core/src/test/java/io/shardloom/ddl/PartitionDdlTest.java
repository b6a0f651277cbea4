package io.shardloom.ddl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.Fault;
import io.shardloom.key.KeyType;
import io.shardloom.strategy.PartitionBound;
import io.shardloom.strategy.StrategyKind;
import io.shardloom.topology.Layout;
import io.shardloom.topology.ShardGroup;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitionDdlTest {

    private static final ShardGroup HASH = ShardGroup.of(
            "orders",
            KeyType.UUID,
            StrategyKind.HASH,
            Layout.PARTITIONED,
            ShardGroup.hashShardNames(32),
            IntStream.range(0, 32)
                    .mapToObj(r -> new PartitionBound.HashBound(32, r))
                    .toList());

    @Test
    void writesTheClauseAndThePartitions() {
        assertThat(PartitionDdl.partitionBy(HASH, "customer_id")).isEqualTo("PARTITION BY HASH (\"customer_id\")");
        assertThat(PartitionDdl.keyCollation(HASH)).isEmpty();
        assertThat(PartitionDdl.createPartitions(
                        Optional.empty(), "orders", HASH.shards().subList(7, 8)))
                .containsExactly(
                        "CREATE TABLE \"orders_p07\" PARTITION OF \"orders\" FOR VALUES WITH (MODULUS 32, REMAINDER"
                                + " 7)");
        assertThat(PartitionDdl.createPartitions(
                        Optional.of("sh\"op"), "Orders", HASH.shards().subList(0, 1)))
                .containsExactly(
                        "CREATE TABLE \"sh\"\"op\".\"Orders_p00\" PARTITION OF \"sh\"\"op\".\"Orders\" FOR VALUES"
                                + " WITH (MODULUS 32, REMAINDER 0)");
    }

    @Test
    void ordersTextRangesByCodePoint() {
        ShardGroup range = ShardGroup.of(
                "users",
                KeyType.TEXT,
                StrategyKind.RANGE,
                Layout.PARTITIONED,
                List.of("rest"),
                List.of(new PartitionBound.DefaultBound()));

        assertThat(PartitionDdl.keyCollation(range)).contains("COLLATE \"C\"");
        assertThat(PartitionDdl.createPartitions(Optional.empty(), "users", range.shards()))
                .containsExactly("CREATE TABLE \"users_rest\" PARTITION OF \"users\" DEFAULT");
    }

    @Test
    void refusesNamesThatPostgresWouldCut() {
        String sixty = "é".repeat(30);

        assertThat(PartitionDdl.faults(HASH, sixty.substring(1) + "x")).isEmpty();
        assertThat(PartitionDdl.faults(HASH, sixty))
                .extracting(Fault::toString)
                .containsExactly(
                        "table " + sixty + ": its partition " + sixty + "_p00 would have a name of 64 bytes, and"
                                + " PostgreSQL keeps 63. Shorten the name of the table or of the shard by 1.");
        assertThatThrownBy(() -> Identifiers.quote("x".repeat(64)))
                .hasMessageEndingWith("has 64 bytes, and PostgreSQL keeps 63. Shorten it.");
        assertThat(Identifiers.literal("a'b\\c")).isEqualTo("E'a''b\\\\c'");
    }
}
