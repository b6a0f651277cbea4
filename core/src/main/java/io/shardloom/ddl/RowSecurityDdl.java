package io.shardloom.ddl;

import io.shardloom.key.GroupKey;
import io.shardloom.key.KeyType;
import io.shardloom.topology.Shard;
import io.shardloom.topology.ShardGroup;
import java.util.List;
import java.util.Optional;

/** The DDL of row-level security, and the settings its policies read. */
public final class RowSecurityDdl {

    /** The name of each sharded table's policy for sessions bound to a key. */
    public static final String KEY_POLICY = "shardloom_key";

    /** The name of each sharded table's policy for sessions of a whole node. */
    public static final String NODE_POLICY = "shardloom_node";

    private static final String KEY_SETTING = "shardloom.key.";

    private RowSecurityDdl() {}

    /**
     * Returns the name of the setting that holds a transaction's key. Each group has its own, because a key of one group
     * says nothing of the tables of another and may not even be of their type.
     *
     * @param group the group's name
     * @return for example {@code shardloom.key.shop}
     */
    public static String setting(String group) {
        return KEY_SETTING + group;
    }

    /**
     * Returns the value of the setting for a key. PostgreSQL keeps an empty value where a transaction has set none, so the
     * value of a text key starts with {@code =} and no key has an empty one.
     *
     * @param key a key
     * @return PostgreSQL's own text of the key
     */
    public static String value(GroupKey key) {
        String text = key.type().text(key.value());
        return key.type() == KeyType.TEXT ? "=" + text : text;
    }

    /**
     * Returns the condition a row of a group's table must fulfil; null where no key was sent. It compares in the key's own
     * type and is stable, so partitions are pruned and indexes used as with a parameter.
     *
     * @param group the table's group
     * @param keyColumn the shard key's column, unquoted
     * @return an SQL expression
     */
    public static String condition(ShardGroup group, String keyColumn) {
        String sent = "nullif(current_setting(" + Identifiers.literal(setting(group.name())) + ", true), '')";
        return Identifiers.quote(keyColumn) + " = "
                + (group.keyType() == KeyType.TEXT
                        ? "substr(" + sent + ", 2)"
                        : "(" + sent + ")::" + group.keyType().sqlName());
    }

    /**
     * Returns the statements that hold a sharded table: policies for both roles, and nothing for anybody else but its
     * owner.
     *
     * @param schema the table's schema, unquoted, or empty for the search path's
     * @param table the table's name, unquoted
     * @param group the table's group
     * @param keyColumn the shard key's column, unquoted
     * @param role the role of sessions bound to a key
     * @param nodeRole the role of sessions of the whole node
     * @return in the order to run them
     */
    public static List<String> protect(
            Optional<String> schema, String table, ShardGroup group, String keyColumn, String role, String nodeRole) {
        String name = name(schema, table);
        String condition = condition(group, keyColumn);
        return List.of(
                enable(name),
                policy(KEY_POLICY, name, role, condition),
                policy(NODE_POLICY, name, nodeRole, "true"),
                grant(schema, table, role, nodeRole));
    }

    /**
     * Returns the statements that keep everybody but the owner from a table's partitions, should someone be granted access
     * to them: with row-level security and no policy they show no row and take none. Access through the table itself is
     * not touched by it.
     *
     * @param schema the table's schema, unquoted, or empty for the search path's
     * @param table the table's name, unquoted
     * @param shards the shards the node holds
     * @return one statement for each shard
     */
    public static List<String> closePartitions(Optional<String> schema, String table, List<Shard> shards) {
        return shards.stream()
                .map(shard -> enable(name(schema, PartitionDdl.partitionName(table, shard))))
                .toList();
    }

    /**
     * Returns the statement that lets both roles read and write a table.
     *
     * @param schema the table's schema, unquoted, or empty for the search path's
     * @param table the table's name, unquoted
     * @param role the role of sessions bound to a key
     * @param nodeRole the role of sessions of the whole node
     * @return one statement
     */
    public static String grant(Optional<String> schema, String table, String role, String nodeRole) {
        return grant("SELECT, INSERT, UPDATE, DELETE", name(schema, table), role, nodeRole);
    }

    /**
     * Returns the statement that lets both roles name what is in a schema.
     *
     * @param schema the schema's name, unquoted
     * @param role the role of sessions bound to a key
     * @param nodeRole the role of sessions of the whole node
     * @return one statement
     */
    public static String grantSchema(String schema, String role, String nodeRole) {
        return grant("USAGE", "SCHEMA " + Identifiers.quote(schema), role, nodeRole);
    }

    /**
     * Returns the statement that lets both roles draw numbers from a sequence of PostgreSQL.
     *
     * @param schema the sequence's schema, unquoted, or empty for the search path's
     * @param sequence the sequence's name, unquoted
     * @param role the role of sessions bound to a key
     * @param nodeRole the role of sessions of the whole node
     * @return one statement
     */
    public static String grantSequence(Optional<String> schema, String sequence, String role, String nodeRole) {
        return grant("USAGE", "SEQUENCE " + name(schema, sequence), role, nodeRole);
    }

    /**
     * Returns the statements that let both roles take numbers of global sequences.
     *
     * @param role the role of sessions bound to a key
     * @param nodeRole the role of sessions of the whole node
     * @return in the order to run them
     */
    public static List<String> grantGlobalSequences(String role, String nodeRole) {
        return List.of(
                grantSchema(SequenceDdl.SCHEMA, role, nodeRole),
                grant("SELECT, UPDATE", SequenceDdl.TABLE, role, nodeRole));
    }

    /**
     * Returns the statements that let both roles keep what a node is told of global sequences of another one.
     *
     * @param role the role of sessions bound to a key
     * @param nodeRole the role of sessions of the whole node
     * @return in the order to run them
     */
    public static List<String> grantSequenceWitness(String role, String nodeRole) {
        return List.of(
                grantSchema(SequenceDdl.SCHEMA, role, nodeRole),
                grant("SELECT, INSERT, UPDATE", SequenceDdl.WITNESS, role, nodeRole));
    }

    /**
     * Returns the statements that let both roles commit transactions of several nodes and finish what a crash has left.
     *
     * @param role the role of sessions bound to a key
     * @param nodeRole the role of sessions of the whole node
     * @return in the order to run them
     */
    public static List<String> grantAtomicCommit(String role, String nodeRole) {
        return List.of(
                grantSchema(SequenceDdl.SCHEMA, role, nodeRole),
                grant("SELECT", AtomicDdl.NODE, role, nodeRole),
                grant("SELECT, INSERT, UPDATE, DELETE", AtomicDdl.DECISIONS, role, nodeRole));
    }

    private static String enable(String name) {
        return "ALTER TABLE " + name + " ENABLE ROW LEVEL SECURITY";
    }

    private static String policy(String policy, String name, String role, String condition) {
        return "CREATE POLICY " + policy + " ON " + name + " TO " + Identifiers.quote(role) + " USING (" + condition
                + ") WITH CHECK (" + condition + ")";
    }

    private static String grant(String what, String on, String role, String nodeRole) {
        return "GRANT " + what + " ON " + on + " TO " + Identifiers.quote(role) + ", " + Identifiers.quote(nodeRole);
    }

    private static String name(Optional<String> schema, String name) {
        return schema.map(prefix -> Identifiers.quote(prefix) + ".").orElse("") + Identifiers.quote(name);
    }
}
