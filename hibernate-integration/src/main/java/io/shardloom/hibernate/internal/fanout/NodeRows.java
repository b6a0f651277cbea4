package io.shardloom.hibernate.internal.fanout;

import io.shardloom.topology.Node;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.hibernate.HibernateException;
import org.hibernate.ScrollMode;
import org.hibernate.ScrollableResults;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.jspecify.annotations.Nullable;

/** The rows of one node, of which one fetch block is held. For one thread at a time. */
final class NodeRows implements Iterator<@Nullable Object[]>, AutoCloseable {
    private final Node node;
    private final SharedSessionContractImplementor session;
    private final int block;
    private final int nodes;
    private final @Nullable Deadline deadline;
    private final ScrollableResults<Object> results;
    private final boolean single;
    private boolean ahead;
    private boolean more;

    /** Runs the statement and fetches its first block. */
    NodeRows(Node node, NodeSelection query, int block, NodeRun run) {
        this.node = node;
        this.session = query.getSession();
        this.block = block;
        this.deadline = run.deadline();
        this.nodes = deadline == null ? 0 : run.nodes().size();
        this.single = run.plan().width() == 1;
        try {
            this.results = query.scroll(ScrollMode.FORWARD_ONLY);
            this.more = results.next();
        } catch (HibernateException e) {
            throw session.getExceptionConverter().convert(e);
        }
        this.ahead = true;
    }

    /** Returns whose rows they are. */
    Node node() {
        return node;
    }

    /** Returns the session that reads them. */
    SharedSessionContractImplementor session() {
        return session;
    }

    /** Returns how many nodes are asked, where there is a deadline. */
    int nodes() {
        return nodes;
    }

    /** Returns how many rows the node sends at a time. */
    int block() {
        return block;
    }

    @Override
    public boolean hasNext() {
        if (!ahead) {
            more = deadline == null ? advance() : deadline.read(this, this::advance);
            ahead = true;
        }
        return more;
    }

    /** Hibernate makes of a failure what applications are to get in lists only. */
    private boolean advance() {
        try {
            return results.next();
        } catch (HibernateException e) {
            throw session.getExceptionConverter().convert(e);
        }
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
