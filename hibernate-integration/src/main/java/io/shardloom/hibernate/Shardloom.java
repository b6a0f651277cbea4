package io.shardloom.hibernate;

import io.shardloom.Explanation;
import io.shardloom.Sharding;
import io.shardloom.atomic.RecoveryReport;
import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ReadToken;
import io.shardloom.event.ShardingListener;
import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.cluster.ClusterUnit;
import io.shardloom.hibernate.internal.cluster.ReferenceTables;
import io.shardloom.hibernate.internal.connection.Reading;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.hibernate.internal.fanout.FanOutQueries;
import io.shardloom.hibernate.internal.fanout.RunScope;
import io.shardloom.hibernate.internal.schema.SchemaScripts;
import io.shardloom.id.ShardedUuids;
import io.shardloom.key.GroupKey;
import io.shardloom.reference.ReferenceDifference;
import io.shardloom.server.ServerStatus;
import io.shardloom.topology.Placement;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.SessionBuilder;
import org.hibernate.StatelessSession;
import org.hibernate.StatelessSessionBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The door to a sharded persistence unit: sessions bound to one shard key, and a look at where keys live.
 *
 * <p>A <em>key session</em> is an ordinary {@link Session} that sees the rows of its key and nothing else, wherever
 * they are placed. A key is a plain value where one group of the unit takes its class, else {@link #key(String, Object)}
 * names the group. Immutable and thread-safe; it costs nothing to make.
 */
public final class Shardloom {
    /** The property of {@code emf.createEntityManager(Map)} that binds the entity manager to a shard key. */
    public static final String KEY = "shardloom.key";

    /** The property of {@code emf.createEntityManager(Map)} that, when true, sends the work to a replica. */
    public static final String READ_ONLY = "shardloom.read-only";

    /**
     * The property of {@code emf.createEntityManager(Map)} that says which servers may take its reads: a {@link ReadTarget},
     * or its name as in the configuration. It makes the entity manager read-only.
     */
    public static final String READ_TARGET = "shardloom.read-target";

    /**
     * The property of {@code emf.createEntityManager(Map)} that holds what its reads must see: a {@link ReadToken}, or its
     * text. It makes the entity manager read-only.
     */
    public static final String READ_TOKEN = "shardloom.read-token";

    /**
     * The hint by which a native query says that it is {@link #unchecked}, for where the query is not at hand:
     * {@code @NamedNativeQuery(hints = @QueryHint(name = HibernateHints.HINT_QUERY_DATABASE, value = Shardloom.UNCHECKED))}.
     */
    public static final String UNCHECKED = "shardloom.unchecked";

    private final ShardSessionFactory factory;
    private final KeySessions sessions;

    private Shardloom(ShardSessionFactory factory) {
        this.factory = factory;
        this.sessions = new KeySessions(factory);
    }

    /**
     * Returns the door to a sharded persistence unit.
     *
     * @param factory made by {@code Persistence.createEntityManagerFactory} or by Hibernate's own bootstrap
     * @return the door
     * @throws ShardloomException if the unit is not sharded: it has no {@code shardloom.node.*} property
     */
    public static Shardloom of(EntityManagerFactory factory) {
        try {
            return new Shardloom(factory.unwrap(ShardSessionFactory.class));
        } catch (PersistenceException e) {
            throw new ShardloomException(
                    "This persistence unit is not sharded. Name its servers in persistence.xml, for example"
                            + " shardloom.node.n1.primary = jdbc:postgresql://localhost:5432/app.");
        }
    }

    /**
     * Writes in one transaction on the node that holds a key; commits, or rolls back if the work throws.
     *
     * @param key the shard key
     * @param work is given a session bound to the key
     */
    public void inTransaction(Object key, Consumer<? super Session> work) {
        Transactions.run(withKey(key), work);
    }

    /**
     * Works in one transaction on the node that holds a key and returns what the work returns.
     *
     * @param key the shard key
     * @param work is given a session bound to the key
     * @param <R> what the work returns
     * @return the work's result, after the commit
     */
    public <R extends @Nullable Object> R fromTransaction(Object key, Function<? super Session, R> work) {
        return Transactions.call(withKey(key), work);
    }

    /**
     * Reads a key's rows in one read-only transaction on a replica of its node, or on the primary where there is none.
     * A replica may lag: what was just written may not be there yet, see {@link #token}.
     *
     * @param key the shard key
     * @param work is given a read-only session bound to the key
     * @param <R> what the work returns
     * @return the work's result
     */
    public <R extends @Nullable Object> R readOnly(Object key, Function<? super Session, R> work) {
        return Transactions.call(withKey(key).readOnly(true), work);
    }

    /**
     * Reads a key's rows in one read-only transaction that sees at least what a token stands for: on a replica that has
     * come as far, waited for a moment, else on the primary.
     *
     * @param key the shard key
     * @param token taken by {@link #token} on the node of the key
     * @param work is given a read-only session bound to the key
     * @param <R> what the work returns
     * @return the work's result
     */
    public <R extends @Nullable Object> R readOnly(Object key, ReadToken token, Function<? super Session, R> work) {
        return Transactions.call(withKey(key, token), work);
    }

    /**
     * Reads a key's rows in one read-only transaction on a server of the caller's choice.
     *
     * @param key the shard key
     * @param target which servers may take the read
     * @param work is given a read-only session bound to the key
     * @param <R> what the work returns
     * @return the work's result
     */
    public <R extends @Nullable Object> R readOnly(Object key, ReadTarget target, Function<? super Session, R> work) {
        return Transactions.call(withKey(key, target), work);
    }

    /**
     * Takes a token for later reads that must see all that is committed on a key's node by now: call it after the commit.
     * It costs one round trip; its text may be kept in a web session or sent along with a request.
     *
     * @param key the shard key
     * @return the token
     * @throws io.shardloom.failure.ServerUnavailableException if the primary does not give it; what was committed stays so
     */
    public ReadToken token(Object key) {
        return sharding().token(sharding().key(key));
    }

    /**
     * Opens a session bound to a key, to be closed by the caller.
     *
     * @param key the shard key
     * @return a session without a transaction
     */
    public Session openSession(Object key) {
        return withKey(key).openSession();
    }

    /**
     * Opens a stateless session bound to a key, to be closed by the caller.
     *
     * @param key the shard key
     * @return a session without a transaction
     */
    public StatelessSession openStatelessSession(Object key) {
        return withKeyStateless(key).openStatelessSession();
    }

    /**
     * Returns Hibernate's session builder with a key, for its further options.
     *
     * @param key the shard key
     * @return a builder, for example for {@code .readOnly(true).openSession()}
     */
    public SessionBuilder withKey(Object key) {
        return sessions.of(key);
    }

    /**
     * Returns Hibernate's session builder with a key, for a read-only session that sees at least what a token stands for.
     *
     * @param key the shard key
     * @param token taken by {@link #token} on the node of the key
     * @return a builder
     */
    public SessionBuilder withKey(Object key, ReadToken token) {
        return sessions.reading(key, new Reading(null, token));
    }

    /**
     * Returns Hibernate's session builder with a key, for a read-only session on a server of the caller's choice.
     *
     * @param key the shard key
     * @param target which servers may take the reads
     * @return a builder
     */
    public SessionBuilder withKey(Object key, ReadTarget target) {
        return sessions.reading(key, new Reading(target, null));
    }

    /**
     * Opens a stateless read-only session bound to a key that sees at least what a token stands for, to be closed by the
     * caller.
     *
     * @param key the shard key
     * @param token taken by {@link #token} on the node of the key
     * @return a session without a transaction
     */
    public StatelessSession openStatelessSession(Object key, ReadToken token) {
        return sessions.openStateless(key, new Reading(null, token));
    }

    /**
     * Returns Hibernate's stateless session builder with a key, for its further options.
     *
     * @param key the shard key
     * @return a builder
     */
    public StatelessSessionBuilder withKeyStateless(Object key) {
        return sessions.statelessOf(key);
    }

    /**
     * Works with rows of any keys in one unit; commits on every node it came to or on none, and rolls back if the work
     * throws. See {@link ClusterSession#commit} for what the caller is told.
     *
     * @param work is given the unit
     */
    public void inCluster(Consumer<? super ClusterSession> work) {
        this.<@Nullable Object>fromCluster(session -> {
            work.accept(session);
            return null;
        });
    }

    /**
     * Works with rows of any keys in one unit and returns what the work returns.
     *
     * @param work is given the unit
     * @param <R> what the work returns
     * @return the work's result, after the commit
     */
    public <R extends @Nullable Object> R fromCluster(Function<? super ClusterSession, R> work) {
        return cluster(false, work);
    }

    /**
     * Reads rows of any keys from replicas, or from primaries where there are none. What was just written may not be there yet.
     *
     * @param work is given a unit that writes nothing
     * @param <R> what the work returns
     * @return the work's result
     */
    public <R extends @Nullable Object> R readCluster(Function<? super ClusterSession, R> work) {
        return cluster(true, work);
    }

    private <R extends @Nullable Object> R cluster(boolean readOnly, Function<? super ClusterSession, R> work) {
        try (var unit = openClusterSession(readOnly)) {
            var result = work.apply(unit);
            unit.commit();
            return result;
        }
    }

    /**
     * Makes a query over all rows of the cluster that reads from replicas, or from primaries where there are none. Each run
     * of it is a unit of its own; entities it returns are detached.
     *
     * @param hql a select statement
     * @param result what each row is, as in {@link ClusterSession#query(String, Class)}
     * @param <R> what each row is
     * @return a query to bind and to run
     * @throws io.shardloom.failure.RefusedQueryException if its answer cannot be merged exactly
     */
    public <R> ClusterQuery<R> query(String hql, Class<R> result) {
        return new FanOutQueries(factory, RunScope.ofEachRun(factory)).query(hql, result);
    }

    /**
     * Opens a unit of work over all nodes, to be closed by the caller.
     *
     * @param readOnly true to read from replicas and write nothing
     * @return a unit that has asked no server yet
     */
    public ClusterSession openClusterSession(boolean readOnly) {
        return new ClusterUnit(factory, readOnly);
    }

    /**
     * Compares the copies of all reference tables on the nodes' primaries. Those who write them wait meanwhile.
     *
     * @return the rows that are not the same as on the first node; empty where all are
     * @throws ShardloomException if a node does not answer, or a table is in use for half a minute
     */
    public List<ReferenceDifference> checkReferenceTables() {
        return runtime().referenceCopies().check(new ReferenceTables(factory).all());
    }

    /**
     * Makes the reference tables of all nodes those of one, in one atomic commit. It also fills those of a new node.
     *
     * @param node the node whose rows are right
     * @return how many rows were not the same, on all other nodes together
     */
    public long repairReferenceTables(String node) {
        return runtime()
                .referenceCopies()
                .repair(new ReferenceTables(factory).all(), sharding().node(node));
    }

    /**
     * Says which transactions of several nodes are neither committed nor rolled back everywhere: in doubt, or just being
     * committed. The background finishes them.
     *
     * @return what is prepared, and which nodes do not answer
     */
    public RecoveryReport transactionsInDoubt() {
        return sharding().atomicCommit().recovery().status();
    }

    /**
     * Works with the {@link LocalTable} entities of one node in one transaction on its primary. Sharded and reference
     * entities can be read there, and are refused when written.
     *
     * @param node the node's name
     * @param work is given a session that sees the whole node
     */
    public void inNodeTransaction(String node, Consumer<? super Session> work) {
        Transactions.run(sessions.ofNode(sharding().node(node)), work);
    }

    /**
     * Allows one native query or procedure call in a key session, where they are refused else, because nothing puts the
     * key into their SQL: it is the caller's to keep to the rows of the key. It runs on the node that holds the key, and
     * that node holds other keys too. What goes through {@code doWork} is not seen, so not refused, and as unchecked.
     *
     * @param query made by a session, an entity manager or a stateless session
     * @param <Q> its type
     * @return the same query
     */
    public static <Q> Q unchecked(Q query) {
        return UncheckedQueries.marked(query);
    }

    /**
     * Makes a key of a group, where several groups take its class.
     *
     * @param group the group's name
     * @param value the key
     * @return a key for every method that takes one
     */
    public GroupKey key(String group, Object value) {
        return sharding().key(group, value);
    }

    /**
     * Says why work with a key goes where it goes: key, hash, shard, bound, node, and the servers of a write and a read.
     *
     * @param key the shard key
     * @return the explanation; its {@code toString} is a small table
     */
    public Explanation explain(Object key) {
        return sharding().explain(sharding().key(key));
    }

    /**
     * Makes a time-ordered id (UUIDv7, RFC 9562), for an entity whose id is its shard key.
     *
     * @return a new id
     */
    public UUID newUuid() {
        return ShardedUuids.next();
    }

    /**
     * Returns on which node each shard is.
     *
     * @return every shard of every group, in the order of group and shard
     */
    public List<Placement> placements() {
        return sharding().shardMap().placements();
    }

    /**
     * Counts the rows of an entity's table in each shard, on the nodes' primaries.
     *
     * @param entity a sharded entity
     * @return one entry for each shard, in the order of the shards
     * @throws ShardloomException if the entity is not sharded
     */
    public List<ShardRows> rowsPerShard(Class<?> entity) {
        return new RowsPerShard(this, factory).count(entity);
    }

    /**
     * Returns what is known about each server, what its pool does and how often it was used since the start.
     *
     * @return every server, node by node, in the order of the configuration
     */
    public List<ServerStatus> status() {
        return sharding().status();
    }

    /**
     * Has a listener told what happens to the servers from now on.
     *
     * @param listener is called on a thread of its own, one event at a time
     */
    public void addListener(ShardingListener listener) {
        sharding().addListener(listener);
    }

    /**
     * Returns what lies below Hibernate: groups, nodes, shard map, pools.
     *
     * @return closed with the factory
     */
    public Sharding sharding() {
        return runtime().sharding();
    }

    private ShardingRuntime runtime() {
        return factory.runtime();
    }

    /**
     * Returns the statements that create the schema on each node, for Flyway or Liquibase. Connects to no server.
     *
     * @param unit the name of a persistence unit
     * @param properties properties that override those of persistence.xml
     * @return node name to script, in the order of the nodes; each statement ends with a semicolon and a line break
     */
    public static Map<String, String> createScripts(String unit, Map<String, ?> properties) {
        return SchemaScripts.create(unit, properties);
    }
}
