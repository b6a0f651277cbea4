package io.shardloom.config;

/**
 * The names of the properties that core reads. A part in angle brackets in the text below is a name of the user's.
 *
 * <p>In every value {@code ${NAME}} and {@code ${NAME:default}} stand for an environment variable.
 */
public final class Settings {

    /** What every property starts with. */
    public static final String PREFIX = "shardloom.";

    /**
     * What {@code shardloom.node.<name>.primary}, {@code .replicas}, {@code .user} and {@code .password} start with.
     *
     * <p>Each node needs a {@code primary}. The name is of letters, digits, {@code _} and {@code -}.
     */
    public static final String NODE_PREFIX = "shardloom.node.";

    /**
     * {@code shardloom.node.<name>.primary}: the server that takes the node's writes. Expects a JDBC URL of one server
     * without user and password, {@code jdbc:postgresql://host:5432/database}. No default.
     */
    public static final String PRIMARY = "primary";

    /**
     * {@code shardloom.node.<name>.replicas}: the node's streaming standbys. Expects JDBC URLs parted by commas. Defaults
     * to none.
     */
    public static final String REPLICAS = "replicas";

    /** The user on every node without one of its own. Defaults to the driver's choice. */
    public static final String USER = "shardloom.user";

    /** The password on every node without one of its own; never shown in a message. Defaults to none. */
    public static final String PASSWORD = "shardloom.password";

    /** The number of shards of each hash group that gives none itself. Expects 1 to 4096. Defaults to 32. */
    public static final String SHARDS = "shardloom.shards";

    /**
     * The layout of the tables of each group that gives none itself. Expects {@code partitioned} or {@code plain}.
     * Defaults to {@code partitioned}.
     */
    public static final String LAYOUT = "shardloom.layout";

    /**
     * What {@code shardloom.group.<name>.strategy}, {@code .key-type}, {@code .shards}, {@code .nodes}, {@code .layout},
     * {@code .shard.<shard>.bound} and {@code .shard.<shard>.node} start with.
     */
    public static final String GROUP_PREFIX = "shardloom.group.";

    /** {@code shardloom.group.<name>.strategy}: {@code hash}, {@code list} or {@code range}. Defaults to {@code hash}. */
    public static final String STRATEGY = "strategy";

    /**
     * {@code shardloom.group.<name>.key-type}: a PostgreSQL type such as {@code uuid} or {@code bigint}. Defaults to the
     * type of the shard key in the mapping.
     */
    public static final String KEY_TYPE = "key-type";

    /**
     * {@code shardloom.group.<name>.nodes}: the nodes over which the group's shards are placed in turn. Expects names
     * parted by commas. Defaults to all nodes in natural order of their names, n2 before n10.
     */
    public static final String NODES = "nodes";

    /**
     * {@code shardloom.group.<name>.shard.<shard>.bound}: the keys of a shard in PostgreSQL's words, such as {@code IN
     * ('EUA', 'Brasil')}, {@code FROM (1) TO (1000)}, {@code MODULUS 64, REMAINDER 3} or {@code DEFAULT}.
     */
    public static final String BOUND = "bound";

    /** {@code shardloom.group.<name>.shard.<shard>.node}: the node that holds the shard. Defaults to the next in turn. */
    public static final String SHARD_NODE = "node";

    /**
     * How a server is chosen for reads. Expects {@code round-robin}, {@code random}, {@code weighted}, {@code least-busy},
     * {@code lowest-latency}, {@code nearest}, or a class (in a map also an object) that implements {@link
     * io.shardloom.choice.ServerChoice}. Defaults to {@code round-robin}.
     */
    public static final String REPLICA_CHOICE = "shardloom.replica.choice";

    /** {@code shardloom.node.<name>.choice}: the same for one node. Defaults to {@code shardloom.replica.choice}. */
    public static final String NODE_CHOICE = "choice";

    /**
     * {@code shardloom.node.<name>.zones}: where the node's servers are, for {@code nearest}. Expects one label for each
     * server, the primary's first, parted by commas. Defaults to none.
     */
    public static final String ZONES = "zones";

    /**
     * {@code shardloom.node.<name>.weights}: the shares of the node's servers, for {@code weighted}. Expects one number
     * from 1 to 1000 for each server, the primary's first, parted by commas. Defaults to 1 for each.
     */
    public static final String WEIGHTS = "weights";

    /** Where this application runs, for {@code nearest}. Expects a label. Defaults to none. */
    public static final String ZONE = "shardloom.zone";

    /**
     * Which servers take read-only work that does not say so itself. Expects {@code primary}, {@code prefer-replica},
     * {@code replica} or {@code any}. Defaults to {@code prefer-replica}.
     */
    public static final String READ_TARGET = "shardloom.read-target";

    /**
     * How far behind its primary a replica may be before it is left out. Expects a duration with its unit. Defaults to
     * 10s.
     */
    public static final String MAX_LAG = "shardloom.replica.max-lag";

    /** The same in bytes of WAL. Expects a number from 0. Defaults to no limit. */
    public static final String MAX_LAG_BYTES = "shardloom.replica.max-lag-bytes";

    /** {@code shardloom.node.<name>.max-lag}: the same for one node. Defaults to {@code shardloom.replica.max-lag}. */
    public static final String NODE_MAX_LAG = "max-lag";

    /**
     * {@code shardloom.node.<name>.max-lag-bytes}: the same for one node. Defaults to {@code
     * shardloom.replica.max-lag-bytes}.
     */
    public static final String NODE_MAX_LAG_BYTES = "max-lag-bytes";

    /** How long a read with a token waits for a replica before it goes to the primary. Defaults to 100ms. */
    public static final String TOKEN_WAIT = "shardloom.replica.token-wait";

    /** How often each server is probed. Expects a duration with its unit. Defaults to 1s. */
    public static final String HEALTH_INTERVAL = "shardloom.health.interval";

    /**
     * How long one probe may take; a server that does not answer two in a row, the second over a new connection, is taken
     * for dead. Expects a duration with its unit. Defaults to 2s.
     */
    public static final String HEALTH_TIMEOUT = "shardloom.health.timeout";

    /**
     * How long work that writes waits for a primary where there is none. Expects a duration with its unit. Defaults to the
     * time it waits for a connection, {@code shardloom.hikari.connectionTimeout}.
     */
    public static final String FAILOVER_TIMEOUT = "shardloom.failover-timeout";

    /** How long a start waits for each primary. Expects a duration with its unit, such as {@code 5s}. Defaults to 5s. */
    public static final String CONNECT_TIMEOUT = "shardloom.connect-timeout";

    /**
     * How often the background looks for transactions of several nodes that a crash has left in doubt. Expects a duration
     * with its unit, such as {@code 1m}. Defaults to 1m.
     */
    public static final String RECOVERY_INTERVAL = "shardloom.recovery.interval";

    /** The node that hands out the numbers of global sequences. Expects a node's name. Defaults to the first node. */
    public static final String SEQUENCE_NODE = "shardloom.sequence.node";

    /**
     * Whether PostgreSQL itself keeps the rows of keys apart. Expects {@code true} or {@code false}. Defaults to {@code
     * false}.
     */
    public static final String ROW_SECURITY = "shardloom.row-level-security";

    /** The role that the policies hold. Expects a role's name. Defaults to the user who connects. */
    public static final String ROW_SECURITY_ROLE = ROW_SECURITY + ".role";

    /**
     * The role that sessions of a whole node take on. Expects a role's name. Defaults to the role above and {@code
     * _node}.
     */
    public static final String ROW_SECURITY_NODE_ROLE = ROW_SECURITY + ".node-role";

    /** Who connects for schema management. Expects a user. Defaults to the user who connects for everything else. */
    public static final String SCHEMA_USER = "shardloom.schema.user";

    /** The password of the schema's user; never shown in a message. Defaults to none. */
    public static final String SCHEMA_PASSWORD = "shardloom.schema.password";

    /**
     * What the properties of the connection pools start with; the rest is the name of a property of HikariConfig, such as
     * {@code shardloom.hikari.maximumPoolSize}. They hold for each pool. Default to HikariCP's own.
     */
    public static final String HIKARI_PREFIX = "shardloom.hikari.";

    private Settings() {}
}
