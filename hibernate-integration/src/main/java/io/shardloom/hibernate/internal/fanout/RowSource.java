package io.shardloom.hibernate.internal.fanout;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The rows of a query, one by one. For one thread at a time; to be closed. */
interface RowSource extends Iterator<@Nullable Object[]>, AutoCloseable {
    @Override
    void close();
}
