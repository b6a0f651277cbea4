package io.shardloom.hibernate;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A query over all rows of the cluster. It is split into one statement for each node that can hold rows of it, and the
 * nodes' rows are merged into what one PostgreSQL with all rows would answer. For one thread at a time.
 *
 * @param <R> what each row is
 */
public interface ClusterQuery<R> {

    /**
     * Binds a named parameter.
     *
     * @param name its name, without the colon
     * @param value its value; a collection binds a list of values
     * @return this query
     */
    ClusterQuery<R> setParameter(String name, @Nullable Object value);

    /**
     * Binds a numbered parameter.
     *
     * @param position its number, from 1
     * @param value its value; a collection binds a list of values
     * @return this query
     */
    ClusterQuery<R> setParameter(int position, @Nullable Object value);

    /**
     * Binds a named parameter to a list.
     *
     * @param name its name, without the colon
     * @param values its values
     * @return this query
     */
    ClusterQuery<R> setParameterList(String name, Collection<?> values);

    /**
     * Leaves the first rows out.
     *
     * @param position how many, 0 or more
     * @return this query
     */
    ClusterQuery<R> setFirstResult(int position);

    /**
     * Limits the number of rows.
     *
     * @param rows how many at most, 0 or more
     * @return this query
     */
    ClusterQuery<R> setMaxResults(int rows);

    /**
     * Runs the query.
     *
     * @return every row
     */
    List<R> getResultList();

    /**
     * Runs the query, of which one row is expected.
     *
     * @return the row
     * @throws jakarta.persistence.NoResultException if there is none
     * @throws jakarta.persistence.NonUniqueResultException if there are more
     */
    R getSingleResult();

    /**
     * Runs the query, of which one row or none is expected.
     *
     * @return the row, or null if there is none
     * @throws jakarta.persistence.NonUniqueResultException if there are more
     */
    @Nullable
    R getSingleResultOrNull();
}
