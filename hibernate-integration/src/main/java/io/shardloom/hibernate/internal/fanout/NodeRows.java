package io.shardloom.hibernate.internal.fanout;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.hibernate.ScrollMode;
import org.hibernate.ScrollableResults;
import org.jspecify.annotations.Nullable;

/** The rows of one node, of which one fetch block is held. For one thread at a time. */
final class NodeRows implements Iterator<@Nullable Object[]>, AutoCloseable {
    private final ScrollableResults<Object> results;
    private final boolean single;
    private boolean ahead;
    private boolean more;

    /** Runs the statement and fetches its first block. */
    NodeRows(NodeSelection query, int width) {
        this.results = query.scroll(ScrollMode.FORWARD_ONLY);
        this.single = width == 1;
        this.more = results.next();
        this.ahead = true;
    }

    @Override
    public boolean hasNext() {
        if (!ahead) {
            more = results.next();
            ahead = true;
        }
        return more;
    }

    @Override
    public @Nullable Object[] next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        ahead = false;
        Object row = results.get();
        return single ? new @Nullable Object[] {row} : (@Nullable Object[]) row;
    }

    @Override
    public void close() {
        results.close();
    }
}
