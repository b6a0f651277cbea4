package io.shardloom.merge;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An aggregate function of which each node has computed a part. Immutable. */
public interface Aggregate {

    /**
     * Starts the aggregate of one group.
     *
     * @return without a part yet
     */
    State start();

    /** The aggregate of one group. For one thread at a time. */
    interface State {
        /**
         * Takes in the part of one node.
         *
         * @param row the node's row of the group
         */
        void add(@Nullable Object[] row);

        /**
         * Returns the aggregate of all parts taken in.
         *
         * @return null where PostgreSQL answers null
         */
        @Nullable
        Object result();
    }

    /**
     * Counts.
     *
     * @param column the nodes' counts
     */
    record Count(int column) implements Aggregate {
        @Override
        public State start() {
            return new State() {
                private long count;

                @Override
                public void add(@Nullable Object[] row) {
                    if (row[column] instanceof Number part) {
                        count = Math.addExact(count, part.longValue());
                    }
                }

                @Override
                public Object result() {
                    return count;
                }
            };
        }
    }

    /**
     * Adds up; null where there is nothing to add.
     *
     * @param column the nodes' sums, all of one class
     * @param real whether they are of type real, whose sum is rounded to real again
     */
    record Sum(int column, boolean real) implements Aggregate {
        @Override
        public State start() {
            return new State() {
                private @Nullable Object sum;

                @Override
                public void add(@Nullable Object[] row) {
                    Object part = row[column];
                    if (part != null) {
                        sum = sum == null ? part : real ? realSum(sum, part) : plus(sum, part);
                    }
                }

                @Override
                public @Nullable Object result() {
                    return sum;
                }
            };
        }

        private static Object realSum(Object a, Object b) {
            return (double) (((Number) a).floatValue() + ((Number) b).floatValue());
        }

        static Object plus(Object a, Object b) {
            if (a instanceof Long left && b instanceof Long right) {
                return Math.addExact(left, right);
            }
            if (a instanceof BigDecimal left && b instanceof BigDecimal right) {
                return left.add(right);
            }
            if (a instanceof BigInteger left && b instanceof BigInteger right) {
                return left.add(right);
            }
            if (a instanceof Double left && b instanceof Double right) {
                return left + right;
            }
            throw new IllegalArgumentException("sums of " + a.getClass() + " and " + b.getClass());
        }
    }

    /**
     * Keeps the first or the last value of an order.
     *
     * @param column the nodes' values
     * @param order the order of values that are not null
     * @param last true for the last
     */
    record Extreme(int column, Comparator<Object> order, boolean last) implements Aggregate {
        @Override
        public State start() {
            return new State() {
                private @Nullable Object kept;

                @Override
                public void add(@Nullable Object[] row) {
                    Object part = row[column];
                    if (part != null && (kept == null || isBeyond(order.compare(part, kept)))) {
                        kept = part;
                    }
                }

                @Override
                public @Nullable Object result() {
                    return kept;
                }

                private boolean isBeyond(int compared) {
                    return last ? compared > 0 : compared < 0;
                }
            };
        }
    }

    /**
     * Keeps the values of all nodes, in any order.
     *
     * @param column the nodes' values
     */
    record Values(int column) implements Aggregate {
        @Override
        public State start() {
            List<Object> values = new ArrayList<>();
            return new State() {
                @Override
                public void add(@Nullable Object[] row) {
                    Object value = row[column];
                    if (value != null) {
                        values.add(value);
                    }
                }

                @Override
                public Object result() {
                    return values;
                }
            };
        }
    }

    /**
     * Joins truth values; null where there is none.
     *
     * @param column the nodes' values
     * @param all true for and, false for or
     */
    record Truth(int column, boolean all) implements Aggregate {
        @Override
        public State start() {
            return new State() {
                private @Nullable Boolean truth;

                @Override
                public void add(@Nullable Object[] row) {
                    if (row[column] instanceof Boolean part) {
                        truth = truth == null ? part : all ? (truth && part) : (truth || part);
                    }
                }

                @Override
                public @Nullable Object result() {
                    return truth;
                }
            };
        }
    }

    /**
     * Keeps a value that is the same on each node.
     *
     * @param column the nodes' values
     */
    record Same(int column) implements Aggregate {
        @Override
        public State start() {
            return new State() {
                private @Nullable Object value;
                private boolean known;

                @Override
                public void add(@Nullable Object[] row) {
                    if (!known) {
                        value = row[column];
                        known = true;
                    }
                }

                @Override
                public @Nullable Object result() {
                    return value;
                }
            };
        }
    }

    /**
     * Averages numbers that are not floating: a numeric with PostgreSQL's scale, null where there are none.
     *
     * @param sum the nodes' sums
     * @param count the nodes' counts
     */
    record Average(int sum, int count) implements Aggregate {
        @Override
        public State start() {
            State sums = new Sum(sum, false).start();
            State counts = new Count(count).start();
            return new Joint(List.of(sums, counts)) {
                @Override
                public @Nullable Object result() {
                    Object total = sums.result();
                    return total == null ? null : Numerics.divide(decimal(total), decimal(counts.result()));
                }
            };
        }
    }

    /**
     * Averages floating numbers.
     *
     * @param sum the nodes' sums
     * @param count the nodes' counts
     */
    record FloatAverage(int sum, int count) implements Aggregate {
        @Override
        public State start() {
            State sums = new Sum(sum, false).start();
            State counts = new Count(count).start();
            return new Joint(List.of(sums, counts)) {
                @Override
                public @Nullable Object result() {
                    return sums.result() instanceof Double total && counts.result() instanceof Long number
                            ? total / number
                            : null;
                }
            };
        }
    }

    /**
     * Computes variances and standard deviations of numbers that are not floating.
     *
     * @param count the nodes' counts
     * @param sum the nodes' sums
     * @param squares the nodes' sums of squares
     * @param whole whether the numbers are whole
     * @param sample true for those of a sample
     * @param root true for the standard deviation
     */
    record Deviation(int count, int sum, int squares, boolean whole, boolean sample, boolean root)
            implements Aggregate {
        @Override
        public State start() {
            State counts = new Count(count).start();
            State sums = new Sum(sum, false).start();
            State ofSquares = new Sum(squares, false).start();
            return new Joint(List.of(counts, sums, ofSquares)) {
                @Override
                public @Nullable Object result() {
                    Object total = sums.result();
                    Object square = ofSquares.result();
                    if (total == null || square == null || !(counts.result() instanceof Long number)) {
                        return null;
                    }
                    BigDecimal exact = decimal(square);
                    return Numerics.deviation(
                            number,
                            decimal(total),
                            whole ? new BigDecimal(exact.toBigIntegerExact()) : exact,
                            sample,
                            root);
                }
            };
        }
    }

    /**
     * Merges sorted lists, each with the values it is sorted by.
     *
     * @param columns the nodes' arrays, also of primitive values: the values, then those of each sort key
     * @param order the order of the tuples of value and sort keys
     * @param normal the form in which equal values are equal, null to keep values that are equal
     */
    record Merged(
            List<Integer> columns,
            Comparator<@Nullable Object[]> order,
            @Nullable UnaryOperator<Object> normal) implements Aggregate {
        @Override
        public State start() {
            List<List<@Nullable Object[]>> parts = new ArrayList<>();
            return new State() {
                @Override
                public void add(@Nullable Object[] row) {
                    var values = row[columns.get(0)];
                    if (values != null) {
                        List<@Nullable Object[]> part = new ArrayList<>();
                        for (int i = 0; i < Array.getLength(values); i++) {
                            @Nullable Object[] tuple = new @Nullable Object[columns.size()];
                            for (int column = 0; column < tuple.length; column++) {
                                var array = row[columns.get(column)];
                                tuple[column] = array == null ? null : Array.get(array, i);
                            }
                            part.add(tuple);
                        }
                        parts.add(part);
                    }
                }

                @Override
                public @Nullable Object result() {
                    return parts.isEmpty() ? null : distinct(merge());
                }

                private List<@Nullable Object> merge() {
                    var merge = new OrderedMerge<@Nullable Object[]>(
                            parts.stream().map(List::iterator).toList(), order);
                    List<@Nullable Object> values = new ArrayList<>();
                    while (merge.hasNext()) {
                        values.add(merge.next()[0]);
                    }
                    return values;
                }

                private List<@Nullable Object> distinct(List<@Nullable Object> values) {
                    if (normal == null) {
                        return values;
                    }
                    Map<@Nullable Object, @Nullable Object> once = new LinkedHashMap<>();
                    for (Object value : values) {
                        once.putIfAbsent(value == null ? null : normal.apply(value), value);
                    }
                    return new ArrayList<>(once.values());
                }
            };
        }
    }

    /** Several aggregates of one function. */
    abstract class Joint implements State {
        private final List<State> parts;

        Joint(List<State> parts) {
            this.parts = parts;
        }

        @Override
        public void add(@Nullable Object[] row) {
            parts.forEach(part -> part.add(row));
        }

        static BigDecimal decimal(@Nullable Object number) {
            if (number instanceof BigDecimal decimal) {
                return decimal;
            }
            if (number instanceof BigInteger integer) {
                return new BigDecimal(integer);
            }
            if (number instanceof Long || number instanceof Integer || number instanceof Short) {
                return BigDecimal.valueOf(((Number) number).longValue());
            }
            throw new IllegalArgumentException(number + " is no exact number");
        }
    }
}
