package io.shardloom.hibernate.leak;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.StatelessSession;

/** One operation of one key: its choices, its sessions, and a key whose rows it must not reach. */
record Step(Store store, Model model, UUID other) {
    static final List<UUID> PURCHASES =
            List.of(new UUID(7, 1), new UUID(7, 2), new UUID(7, 3), new UUID(7, 4), new UUID(7, 5), new UUID(7, 6));
    static final List<String> WORDS = List.of("red", "green", "blue", "grey");
    static final int LINES = 12;
    static final int NOTES = 5;
    static final int THINGS = 5;

    /** What an operation should answer and what it did. */
    record Answer(String expected, String actual) {
        static Answer of(Object expected, Object actual) {
            return new Answer(String.valueOf(expected), String.valueOf(actual));
        }
    }

    UUID key() {
        return model.key;
    }

    Random random() {
        return model.random;
    }

    boolean maybe() {
        return model.random.nextBoolean();
    }

    int below(int bound) {
        return model.random.nextInt(bound);
    }

    String word() {
        return choose(WORDS);
    }

    UUID purchase() {
        return choose(PURCHASES);
    }

    <T> T choose(List<T> values) {
        return values.get(below(values.size()));
    }

    /** Returns one of the values or null where there is none. */
    <T> T oneOf(Iterable<T> values) {
        var list = new ArrayList<T>();
        values.forEach(list::add);
        return list.isEmpty() ? null : choose(list);
    }

    /** Returns the key for a new entity, or null where the session is to fill it. */
    UUID keyOrNull() {
        return maybe() && store.refuses() ? null : key();
    }

    /** Returns unused numbers from 1 to a bound. */
    static List<Integer> free(java.util.Set<Integer> used, int bound) {
        var free = new ArrayList<Integer>();
        for (int i = 1; i <= bound; i++) {
            if (!used.contains(i)) {
                free.add(i);
            }
        }
        return free;
    }

    Purchase.Key id(UUID purchase) {
        return new Purchase.Key(key(), purchase);
    }

    <R> R write(Function<Session, R> work) {
        return store.write(key(), below(4), work);
    }

    <R> R read(Function<Session, R> work) {
        return store.read(key(), below(4), work);
    }

    <R> R stateless(Function<StatelessSession, R> work) {
        return store.stateless(key(), work);
    }
}
