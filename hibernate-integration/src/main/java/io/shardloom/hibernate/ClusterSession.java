package io.shardloom.hibernate;

import jakarta.persistence.criteria.CriteriaQuery;
import java.util.Collection;
import java.util.List;
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
     */
    <T> @Nullable T find(Class<T> entity, Object id);

    /**
     * Finds rows by their ids, with one statement for each node that can hold any of them.
     *
     * @param entity the entity's class
     * @param ids their ids
     * @param <T> the entity
     * @return the rows there are, in the order of the ids; an id without a row has no place in it
     */
    <T> List<T> findAll(Class<T> entity, Collection<?> ids);

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

    /** Ends the unit; what was not committed is rolled back. */
    @Override
    void close();
}
