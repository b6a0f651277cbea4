package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.cluster.PlainFailures;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The rows of a query, made into what its caller asked for one by one. Closes itself at its end or failure. For one thread at a time. */
final class Rows<R> implements Iterator<R>, AutoCloseable {
    /** After so many rows entities that nobody else holds are let go. */
    private static final int HELD = 500;

    private final RowSource rows;
    private final RowShape<R> shape;
    private final Run run;
    private long given;
    private boolean closed;

    /** What the rows are read by. */
    interface Run {
        /** Lets go of the entities read so far, if they are detached for the caller. */
        void detach();

        /** Ends it. */
        void end();
    }

    Rows(RowSource rows, RowShape<R> shape, Run run) {
        this.rows = rows;
        this.shape = shape;
        this.run = run;
    }

    @Override
    public boolean hasNext() {
        if (closed) {
            return false;
        }
        boolean more = false;
        try {
            more = rows.hasNext();
        } catch (RuntimeException e) {
            throw closedAfter(PlainFailures.of(e));
        } finally {
            if (!more) {
                close();
            }
        }
        return more;
    }

    /** What failed first says what is wrong: where a connection is lost, the end fails too. */
    private RuntimeException closedAfter(RuntimeException failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    @Override
    public R next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        R row = shape.make(rows.next());
        if (++given % HELD == 0) {
            run.detach();
        }
        return row;
    }

    /** Tells whether nothing more can be read. */
    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                rows.close();
            } finally {
                run.end();
            }
        }
    }
}
