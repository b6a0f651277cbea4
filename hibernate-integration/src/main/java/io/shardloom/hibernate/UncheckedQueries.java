package io.shardloom.hibernate;

import io.shardloom.failure.ShardloomException;
import jakarta.persistence.Query;
import org.hibernate.jpa.HibernateHints;
import org.hibernate.query.CommonQueryContract;

/** Queries that say of themselves that nothing puts the key into them. */
final class UncheckedQueries {
    private UncheckedQueries() {}

    /** Returns the same query, which says so from now on. */
    static <Q> Q marked(Q query) {
        if (query instanceof CommonQueryContract hibernates) {
            hibernates.setHint(HibernateHints.HINT_QUERY_DATABASE, Shardloom.UNCHECKED);
        } else if (query instanceof Query proxied) {
            proxied.setHint(HibernateHints.HINT_QUERY_DATABASE, Shardloom.UNCHECKED);
        } else {
            throw new ShardloomException(query.getClass().getName() + " is no query. Give unchecked what"
                    + " createNativeQuery, createNativeMutationQuery or createStoredProcedureQuery returns.");
        }
        return query;
    }
}
