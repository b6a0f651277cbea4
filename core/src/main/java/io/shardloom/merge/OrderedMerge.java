package io.shardloom.merge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Merges sorted sources into one sorted sequence, and holds one element of each. Of equal elements that of the earlier
 * source comes first. For one thread at a time.
 *
 * @param <T> an element
 */
public final class OrderedMerge<T> implements Iterator<T> {
    private final Comparator<? super T> order;
    private final List<Source<T>> heap = new ArrayList<>();

    private static final class Source<T> {
        private final int number;
        private final Iterator<? extends T> rest;
        private T head;

        Source(int number, Iterator<? extends T> rest) {
            this.number = number;
            this.rest = rest;
            this.head = rest.next();
        }
    }

    /**
     * Starts a merge; takes the first element of each source.
     *
     * @param sources each in the order
     * @param order the order of all of them
     */
    public OrderedMerge(List<? extends Iterator<? extends T>> sources, Comparator<? super T> order) {
        this.order = order;
        int number = 0;
        for (Iterator<? extends T> source : sources) {
            if (source.hasNext()) {
                heap.add(new Source<>(number, source));
            }
            number++;
        }
        for (int i = heap.size() / 2 - 1; i >= 0; i--) {
            sink(i);
        }
    }

    @Override
    public boolean hasNext() {
        return !heap.isEmpty();
    }

    @Override
    public T next() {
        if (heap.isEmpty()) {
            throw new NoSuchElementException();
        }
        Source<T> first = heap.get(0);
        T element = first.head;
        if (first.rest.hasNext()) {
            first.head = first.rest.next();
        } else {
            Source<T> last = heap.remove(heap.size() - 1);
            if (heap.isEmpty()) {
                return element;
            }
            heap.set(0, last);
        }
        sink(0);
        return element;
    }

    private void sink(int start) {
        int at = start;
        while (true) {
            int least = at;
            for (int child = 2 * at + 1; child <= 2 * at + 2; child++) {
                if (child < heap.size() && compare(heap.get(child), heap.get(least)) < 0) {
                    least = child;
                }
            }
            if (least == at) {
                return;
            }
            Source<T> above = heap.get(at);
            heap.set(at, heap.get(least));
            heap.set(least, above);
            at = least;
        }
    }

    private int compare(Source<T> a, Source<T> b) {
        int byElement = order.compare(a.head, b.head);
        return byElement != 0 ? byElement : Integer.compare(a.number, b.number);
    }
}
