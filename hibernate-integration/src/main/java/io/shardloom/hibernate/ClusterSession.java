package io.shardloom.hibernate;

import jakarta.persistence.criteria.CriteriaDelete;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.CriteriaUpdate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A unit of work over all nodes: one Hibernate session for each node it comes to, opened when first needed. Entities it
 * returns are managed until it ends, and their lazy associations load from their own node.
 *
 * <p>Opened by {@link Shardloom#inCluster}, {@link Shardloom#fromCluster}, {@link Shardloom#readCluster} or
 * {@link Shardloom#openClusterSession}. For one thread at a time.
 */
public interface ClusterSession extends AutoCloseable {

    /**
     * Finds one row by its id. Where the id tells its key, or a {@link ShardedUuid} tells the key's hash, only nodes that
     * can hold it are asked; a row of a reference table is read from one node.
     *
     * @param entity the entity's class
     * @param id its id: a plain value, an {@code @IdClass} or an {@code @EmbeddedId}
     * @param <T> the entity
     * @return the row, or null if there is none
     * @throws IllegalArgumentException if it is null, or only the rest of an id
     */
    <T> @Nullable T find(Class<T> entity, Object id);

    /**
     * Finds rows by their ids, with one statement for each node that can hold any of them, on all of them at once.
     *
     * @param entity the entity's class
     * @param ids their ids
     * @param <T> the entity
     * @return the rows there are, in the order of the ids; an id without a row has no place in it
     * @throws io.shardloom.failure.ScatterException if one of several nodes could not be reached, or was lost
     */
    <T> List<T> findAll(Class<T> entity, Collection<?> ids);

    /**
     * Makes a new row, on the node of its own key; of a reference table on every node. Its id is made first, and can be the key.
     * What it cascades to has the same key.
     *
     * @param entity a new entity
     * @throws io.shardloom.failure.MissingShardKeyException if it has no key and none is made for it
     * @throws io.shardloom.failure.NoShardForKeyException if no shard takes its key
     * @throws io.shardloom.failure.WrongShardKeyException if it points to a row of another key
     */
    void persist(Object entity);

    /**
     * Makes new rows of any keys, in their order.
     *
     * @param entities new entities
     */
    void persistAll(Collection<?> entities);

    /**
     * Copies the state of a detached entity to the managed one of its own node.
     *
     * @param entity with its key
     * @param <T> the entity
     * @return the managed entity
     */
    <T> T merge(T entity);

    /**
     * Deletes a row; of a reference table on every node.
     *
     * @param entity with its key
     */
    void remove(Object entity);

    /**
     * Sends all changes made so far: those of reference tables first, to every node, then the nodes' own in the order of
     * the nodes. A query, {@code execute} and the commit do it by themselves.
     */
    void flush();

    /**
     * Runs a bulk update or delete on every node that can hold rows it is about; on a reference table for all copies.
     *
     * @param hql an update or delete without parameters
     * @return how many rows were changed; of a reference table, of one copy
     * @throws io.shardloom.failure.RefusedQueryException if what it does could depend on how rows are spread
     * @throws io.shardloom.failure.WrongShardKeyException if it sets a shard key
     */
    long execute(String hql);

    /**
     * Runs a bulk update or delete on every node that can hold rows it is about; on a reference table for all copies.
     *
     * @param hql an update or delete
     * @param parameters the values of its named parameters; a collection is a list of values
     * @return how many rows were changed; of a reference table, of one copy
     * @throws io.shardloom.failure.RefusedQueryException if what it does could depend on how rows are spread
     * @throws io.shardloom.failure.WrongShardKeyException if it sets a shard key
     */
    long execute(String hql, Map<String, ?> parameters);

    /**
     * Runs a bulk update on every node that can hold rows it is about; on a reference table for all copies.
     *
     * @param update made by the factory's criteria builder
     * @return how many rows were changed; of a reference table, of one copy
     */
    long execute(CriteriaUpdate<?> update);

    /**
     * Runs a bulk delete on every node that can hold rows it is about; on a reference table for all copies.
     *
     * @param delete made by the factory's criteria builder
     * @return how many rows were deleted; of a reference table, of one copy
     */
    long execute(CriteriaDelete<?> delete);

    /**
     * Makes a query over all rows of the cluster, from HQL.
     *
     * @param hql a select statement
     * @param result what each row is: an entity, a basic type, a record or class with a fitting constructor,
     *     {@code Object[]}, {@code Tuple}, {@code List} or {@code Map}
     * @param <R> what each row is
     * @return a query to bind and to run
     * @throws io.shardloom.failure.RefusedQueryException if its answer cannot be merged exactly
     */
    <R> ClusterQuery<R> query(String hql, Class<R> result);

    /**
     * Makes a query over all rows of the cluster, from a Criteria query.
     *
     * @param query made by the factory's criteria builder
     * @param <R> what each row is
     * @return a query to bind and to run
     * @throws io.shardloom.failure.RefusedQueryException if its answer cannot be merged exactly
     */
    <R> ClusterQuery<R> query(CriteriaQuery<R> query);

    /**
     * Commits on every node, or on none, and ends the unit's transaction; only closing it is left to do. Where one node alone was
     * written to, it costs that node's plain commit. {@link Shardloom#inCluster} does it by itself.
     *
     * @throws io.shardloom.failure.RolledBackException if nothing is committed on any node
     * @throws io.shardloom.failure.InDoubtException if it is not known yet; all nodes will come to the same end
     */
    void commit();

    /** Ends the unit; what was not committed is rolled back. */
    @Override
    void close();
}
