package io.shardloom.ddl;

import io.shardloom.failure.Fault;
import io.shardloom.key.KeyType;
import io.shardloom.strategy.StrategyKind;
import io.shardloom.topology.Shard;
import io.shardloom.topology.ShardGroup;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The DDL of a group's tables in the partitioned layout. */
public final class PartitionDdl {

    private PartitionDdl() {}

    /**
     * Returns what makes a table a partitioned one, the end of its {@code CREATE TABLE}.
     *
     * @param group the table's group
     * @param keyColumn the shard key's column, unquoted
     * @return for example {@code PARTITION BY HASH ("customer_id")}
     */
    public static String partitionBy(ShardGroup group, String keyColumn) {
        return "PARTITION BY " + group.kind() + " (" + Identifiers.quote(keyColumn) + ")";
    }

    /**
     * Returns what the key column needs after its type, so that PostgreSQL orders its values by code point as the bounds
     * do. The column needs it itself: with it in {@code PARTITION BY} alone PostgreSQL would not prune.
     *
     * @param group the table's group
     * @return {@code COLLATE "C"} for ranges of text, empty otherwise
     */
    public static Optional<String> keyCollation(ShardGroup group) {
        boolean ordered = group.kind() == StrategyKind.RANGE && group.keyType() == KeyType.TEXT;
        return ordered ? Optional.of("COLLATE \"C\"") : Optional.empty();
    }

    /**
     * Returns the name of a table's partition.
     *
     * @param table the table's name, unquoted and without schema
     * @param shard the shard
     * @return the table's name, {@code _} and the shard's name
     */
    public static String partitionName(String table, Shard shard) {
        return table + '_' + shard.name();
    }

    /**
     * Returns the statements that make a table's partitions, in the table's own schema.
     *
     * @param schema the table's schema, unquoted, or empty for the search path's
     * @param table the table's name, unquoted
     * @param shards the shards the node holds
     * @return one statement for each shard, such as {@code CREATE TABLE "orders_p07" PARTITION OF "orders" FOR VALUES
     *     WITH (MODULUS 32, REMAINDER 7)}
     * @throws IllegalArgumentException if a name is longer than PostgreSQL keeps
     */
    public static List<String> createPartitions(Optional<String> schema, String table, List<Shard> shards) {
        String prefix = schema.map(name -> Identifiers.quote(name) + ".").orElse("");
        return shards.stream()
                .map(shard -> "CREATE TABLE " + prefix + Identifiers.quote(partitionName(table, shard))
                        + " PARTITION OF " + prefix + Identifiers.quote(table) + " "
                        + shard.bound().clause())
                .toList();
    }

    /**
     * Checks that the names of a table's partitions are not too long; PostgreSQL would cut them in silence.
     *
     * @param group the table's group
     * @param table the table's name, unquoted
     * @return one fault that names the longest, or none
     */
    public static List<Fault> faults(ShardGroup group, String table) {
        String longest = group.shards().stream()
                .map(shard -> partitionName(table, shard))
                .max(Comparator.comparingInt(Identifiers::bytes))
                .orElse(table);
        int excess = Identifiers.bytes(longest) - Identifiers.MAX_BYTES;
        return excess <= 0
                ? List.of()
                : List.of(Fault.of(
                        "table " + table,
                        "its partition " + longest + " would have a name of " + Identifiers.bytes(longest)
                                + " bytes, and PostgreSQL keeps " + Identifiers.MAX_BYTES + ". Shorten the name of the"
                                + " table or of the shard by " + excess + "."));
    }
}
