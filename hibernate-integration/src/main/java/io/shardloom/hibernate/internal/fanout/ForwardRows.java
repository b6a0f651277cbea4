package io.shardloom.hibernate.internal.fanout;

import org.hibernate.ScrollableResults;
import org.jspecify.annotations.Nullable;

/** The rows of a query as Hibernate's results to scroll through, forward only. */
final class ForwardRows<R> implements ScrollableResults<R> {
    private final Rows<R> rows;
    private @Nullable R current;
    private int position;
    private boolean closed;

    ForwardRows(Rows<R> rows) {
        this.rows = rows;
    }

    @Override
    public @Nullable R get() {
        requireOpen();
        return current;
    }

    @Override
    public boolean next() {
        requireOpen();
        boolean more = rows.hasNext();
        current = more ? rows.next() : null;
        position = more ? position + 1 : 0;
        return more;
    }

    @Override
    public boolean scroll(int positions) {
        if (positions < 1) {
            throw backward();
        }
        for (int i = 0; i < positions; i++) {
            if (!next()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean position(int place) {
        requireOpen();
        return (place == position && current != null) || scroll(place - position);
    }

    @Override
    public int getPosition() {
        requireOpen();
        return position;
    }

    @Override
    public boolean isFirst() {
        return getPosition() == 1;
    }

    @Override
    public boolean isLast() {
        requireOpen();
        return current != null && !rows.hasNext();
    }

    @Override
    public void close() {
        closed = true;
        rows.close();
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("These results are closed. Run the query again.");
        }
    }

    private static UnsupportedOperationException backward() {
        return new UnsupportedOperationException("Rows of several nodes are read forward only: nodes send them once and"
                + " they are not kept. Use next, or getResultList and a list iterator.");
    }

    @Override
    public boolean previous() {
        throw backward();
    }

    @Override
    public boolean last() {
        throw backward();
    }

    @Override
    public boolean first() {
        throw backward();
    }

    @Override
    public void beforeFirst() {
        throw backward();
    }

    @Override
    public void afterLast() {
        throw backward();
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    public int getRowNumber() {
        throw old();
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    public boolean setRowNumber(int rowNumber) {
        throw old();
    }

    @Override
    public void setFetchSize(int fetchSize) {
        throw new UnsupportedOperationException("The nodes are sending already. Set the fetch size of the query.");
    }

    private static UnsupportedOperationException old() {
        return new UnsupportedOperationException(
                "Hibernate will remove row numbers. Use positions, which begin with 1.");
    }
}
