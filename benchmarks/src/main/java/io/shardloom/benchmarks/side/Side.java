package io.shardloom.benchmarks.side;

import io.shardloom.benchmarks.model.Order;
import io.shardloom.benchmarks.model.OrderId;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hibernate.Session;

/** One way to the data. What an operation does inside its session is the same on every side. */
abstract class Side implements AutoCloseable {
    private final Orders orders;

    Side(Orders orders) {
        this.orders = orders;
    }

    /** Works in one transaction where the customer's rows are. */
    abstract <R> R transaction(long customer, Function<Session, R> work);

    /** Works in one read-only transaction on a replica of where the customer's rows are. */
    abstract <R> R onReplica(long customer, Function<Session, R> work);

    /** Inserts orders of different customers, as one does it on this side. */
    abstract void insertOfKeys(List<Order> orders);

    /** Finds an order by its UUID alone. */
    abstract Order byUuid(UUID id);

    /** Answers a question about all orders. */
    abstract List<?> fanOut(Op op);

    /** Tells whether the side can do this at all. */
    boolean supports(Op op) {
        return true;
    }

    /** Returns a new order's id, or null where Hibernate is to make it. */
    UUID newOrderId() {
        var random = ThreadLocalRandom.current();
        return new UUID(
                System.currentTimeMillis() << 16 | 0x7000 | random.nextInt(0x1000),
                random.nextLong() >>> 2 | Long.MIN_VALUE);
    }

    /** Returns the query for all orders of a customer, in a session of that customer. */
    List<Order> ordersOf(Session session, long customer) {
        return session.createSelectionQuery("from Order o where o.customerId = :customer", Order.class)
                .setParameter("customer", customer)
                .getResultList();
    }

    final int customers() {
        return orders.customers();
    }

    /** Does the operation once, for a random row. */
    final Object run(Op op, Random random) {
        if (op.kind() == Op.Kind.FAN_OUT) {
            return fanOut(op);
        }
        int customer = 1 + random.nextInt(orders.customers());
        return run(op, orders.id(customer, random.nextInt(Orders.EACH)), random);
    }

    private Object run(Op op, OrderId id, Random random) {
        long customer = id.customerId();
        return switch (op) {
            case FIND -> transaction(customer, session -> session.find(Order.class, id));
            case QUERY -> transaction(customer, session -> ordersOf(session, customer));
            case FIND_ON_REPLICA -> onReplica(customer, session -> session.find(Order.class, id));
            case FIND_BY_UUID -> byUuid(id.id());
            case UPDATE -> {
                var total = BigDecimal.valueOf(random.nextInt(100_000), 2);
                yield transaction(customer, session -> {
                    session.find(Order.class, id).reprice(total);
                    return id;
                });
            }
            case INSERT -> transaction(customer, session -> insert(session, customer, 1));
            case BATCH -> transaction(customer, session -> insert(session, customer, 100));
            case BATCH_OF_KEYS -> {
                insertOfKeys(IntStream.range(0, 100)
                        .mapToObj(i -> newOrder(1 + (customer + i) % orders.customers(), i))
                        .toList());
                yield id;
            }
            case COUNT, SUM, AVG, GROUP_8, GROUP_ALL, TOP_20, PAGE_1000 ->
                throw new IllegalArgumentException(op.label());
        };
    }

    private Integer insert(Session session, long customer, int rows) {
        for (int i = 0; i < rows; i++) {
            session.persist(newOrder(customer, i));
        }
        return rows;
    }

    private Order newOrder(long customer, int cents) {
        var now = LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
        return new Order(customer, newOrderId(), BigDecimal.valueOf(cents, 2), now);
    }

    /**
     * Returns what the side answers, in a form in which the same answers of two sides are equal; nothing is asked of what
     * writes.
     */
    final String answer(Op op) {
        if (op.kind() == Op.Kind.WRITE) {
            return "";
        }
        var answer = op.kind() == Op.Kind.FAN_OUT
                ? fanOut(op)
                : run(op, orders.id(Math.min(7, orders.customers()), 3), new Random(1));
        Stream<String> rows = (answer instanceof List<?> list ? list.stream() : Stream.of(answer)).map(Side::text);
        boolean ordered = op == Op.TOP_20 || op == Op.PAGE_1000;
        return (ordered ? rows : rows.sorted()).collect(Collectors.joining("; "));
    }

    private static String text(Object value) {
        if (value instanceof Object[] row) {
            return Stream.of(row).map(Side::text).collect(Collectors.joining(" "));
        }
        if (value instanceof Number number) {
            return new BigDecimal(number.toString())
                    .setScale(6, RoundingMode.HALF_UP)
                    .stripTrailingZeros()
                    .toPlainString();
        }
        return String.valueOf(value);
    }

    @Override
    public abstract void close();
}
