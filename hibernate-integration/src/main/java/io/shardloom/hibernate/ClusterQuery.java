package io.shardloom.hibernate;

import jakarta.persistence.Parameter;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.ScrollableResults;
import org.hibernate.query.KeyedPage;
import org.hibernate.query.KeyedResultList;
import org.hibernate.query.Page;
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
     * @throws IllegalArgumentException if the query has no such parameter
     */
    ClusterQuery<R> setParameter(String name, @Nullable Object value);

    /**
     * Binds a numbered parameter.
     *
     * @param position its number, from 1
     * @param value its value; a collection binds a list of values
     * @return this query
     * @throws IllegalArgumentException if the query has no such parameter
     */
    ClusterQuery<R> setParameter(int position, @Nullable Object value);

    /**
     * Binds a parameter of a Criteria query, which needs no name.
     *
     * @param parameter made by the criteria builder
     * @param value its value; a collection binds a list of values where the parameter is one of a list
     * @param <T> the type of its value
     * @return this query
     */
    <T> ClusterQuery<R> setParameter(Parameter<T> parameter, @Nullable T value);

    /**
     * Binds a named parameter to a list.
     *
     * @param name its name, without the colon
     * @param values its values
     * @return this query
     * @throws IllegalArgumentException if the query has no such parameter
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
     * Leaves out and limits rows by Hibernate's pages, in place of {@link #setFirstResult} and {@link #setMaxResults}.
     *
     * @param page its number and size
     * @return this query
     */
    ClusterQuery<R> setPage(Page page);

    /**
     * Limits the time of each run, until its last row is read; a stream's reader counts too. A node that is at work when the time
     * is up is told to stop, and the run fails with a {@link jakarta.persistence.QueryTimeoutException}. Of a partial result it is the
     * time until every node began to answer, and once more that of reading the others.
     *
     * @param time more than zero
     * @return this query
     */
    ClusterQuery<R> setTimeout(Duration time);

    /**
     * Says how many rows a node sends at a time. Where it is not said: 500 for a stream, 10,000 for a list. Merging holds that
     * many rows of each node.
     *
     * @param rows 1 or more
     * @return this query
     */
    ClusterQuery<R> setFetchSize(int rows);

    /**
     * Runs the query.
     *
     * @return every row
     * @throws jakarta.persistence.PersistenceException what plain Hibernate throws where a server does not do what it is asked; the
     *     other nodes have been told to stop
     * @throws io.shardloom.failure.ScatterException if a node could not be reached, or was lost; likewise
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

    /**
     * Runs the query and returns its rows one by one. Until it is closed, or read to its end, the unit's sessions serve it.
     * Closing it early frees the servers from the rest.
     *
     * @return a stream to close
     */
    Stream<R> getResultStream();

    /**
     * Runs the query and returns its rows one by one, forward only, as {@link #getResultStream} does. What would go back throws
     * {@link UnsupportedOperationException}.
     *
     * @return results to close
     */
    ScrollableResults<R> scroll();

    /**
     * Runs the query for one of Hibernate's pages that begin behind the last row of another. The page's key replaces the query's
     * {@code order by} and must tell every row from every other; the query must select one entity.
     *
     * @param page the first page, such as {@code Page.first(20).keyedBy(Order.asc(Book.class, "isbn"))}, or one that a
     *     result of this method names
     * @return the rows, and the next and previous pages
     * @throws io.shardloom.failure.RefusedQueryException if a row of the page has no value of the key, or the query or the
     *     order cannot be merged exactly
     */
    KeyedResultList<R> getKeyedResultList(KeyedPage<R> page);

    /**
     * Counts the rows the query has without {@link #setFirstResult} and {@link #setMaxResults}.
     *
     * @return 0 or more
     */
    long getResultCount();

    /**
     * Runs the query on those nodes that answer, and says which do not.
     *
     * @return the rows of some nodes, merged as if there were no others
     */
    PartialResult<R> getPartialResult();

    /**
     * Says how the query is answered: which nodes are asked, the SQL of the nodes, how their rows are merged, and each
     * server's own plan. Every parameter must be bound; the query itself is not run.
     *
     * @return some lines of text
     */
    String explain();
}
