package io.shardloom.hibernate.enhanced;

import io.shardloom.hibernate.Shardloom;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.hibernate.SessionFactory;

/**
 * The rows of two keys, and ways to them.
 *
 * @param side who is asked
 * @param plain Hibernate alone, on one server
 * @param sharded the cluster
 * @param key of rows on one node
 * @param other of rows on another node
 * @param extended whether fields that other classes use are enhanced as well
 */
public record Unit(
        Side side, EntityManagerFactory plain, EntityManagerFactory sharded, int key, int other, boolean extended) {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    public enum Side {
        PLAIN,
        KEY,
        CLUSTER
    }

    /** Tells whether one session takes rows of both keys. */
    public boolean takesBoth() {
        return side != Side.KEY;
    }

    /** Returns a number that was not returned before. */
    public int next() {
        return NUMBERS.incrementAndGet();
    }

    /** Works on rows of the key in a transaction. */
    public void in(Consumer<Work> work) {
        switch (side) {
            case PLAIN ->
                plain.unwrap(SessionFactory.class).inTransaction(session -> work.accept(new Work.OfSession(session)));
            case KEY -> Shardloom.of(sharded).inTransaction(key, session -> work.accept(new Work.OfSession(session)));
            case CLUSTER -> shared(work);
        }
    }

    /** Reads rows of the key in a transaction. */
    public void read(Consumer<Work> work) {
        switch (side) {
            case PLAIN -> in(work);
            case KEY ->
                Shardloom.of(sharded).readOnly(key, session -> {
                    work.accept(new Work.OfSession(session));
                    return true;
                });
            case CLUSTER ->
                Shardloom.of(sharded).readCluster(session -> {
                    work.accept(new Work.OfCluster(session));
                    return true;
                });
        }
    }

    /** Works on rows of all keys in a transaction. */
    public void shared(Consumer<Work> work) {
        if (side == Side.PLAIN) {
            in(work);
        } else {
            Shardloom.of(sharded).inCluster(session -> work.accept(new Work.OfCluster(session)));
        }
    }

    /** Returns detached rows. */
    public <T> List<T> list(String hql, Class<T> result) {
        var rows = new java.util.ArrayList<T>();
        if (side == Side.CLUSTER) {
            rows.addAll(Shardloom.of(sharded).query(hql, result).getResultList());
        } else {
            read(work -> rows.addAll(work.query(hql, result)));
        }
        return rows;
    }
}
