package io.shardloom.benchmarks.side;

import com.zaxxer.hikari.HikariDataSource;
import io.shardloom.benchmarks.model.Order;
import jakarta.persistence.Persistence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.MultiTenancySettings;

/** The least one writes by hand: a tenant is a node, customer modulo the number of nodes; fan-out by plain JDBC. */
final class RouterSide extends Side {
    private final List<HikariDataSource> primaries;
    private final List<HikariDataSource> replicas;
    private final SessionFactory factory;
    private final boolean fanOutsOnly;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        var thread = new Thread(work, "fan-out");
        thread.setDaemon(true);
        return thread;
    });

    RouterSide(Settings settings, Orders orders) {
        super(orders);
        primaries = pools(settings, "url.");
        replicas = pools(settings, "replica.");
        factory = open(primaries, replicas);
        fanOutsOnly = settings.get("side").equals("hand");
    }

    /** On tables that are spread in another way than by modulo only all nodes together have the right answer. */
    @Override
    boolean supports(Op op) {
        return !fanOutsOnly || op.kind() == Op.Kind.FAN_OUT;
    }

    private static List<HikariDataSource> pools(Settings settings, String prefix) {
        return IntStream.range(0, settings.nodes())
                .mapToObj(node -> settings.pool(settings.get(prefix + node), 10))
                .toList();
    }

    private static SessionFactory open(List<HikariDataSource> primaries, List<HikariDataSource> replicas) {
        return Persistence.createEntityManagerFactory(
                        "shop",
                        Map.of(
                                MultiTenancySettings.MULTI_TENANT_CONNECTION_PROVIDER,
                                new NodeRouter(primaries, replicas),
                                "hibernate.connection.provider_disables_autocommit",
                                "true"))
                .unwrap(SessionFactory.class);
    }

    @Override
    <R> R transaction(long customer, Function<Session, R> work) {
        return in(nodeOf(customer), work);
    }

    private int nodeOf(long customer) {
        return (int) (customer % primaries.size());
    }

    @Override
    <R> R onReplica(long customer, Function<Session, R> work) {
        int node = (int) (customer % replicas.size());
        try (var session = factory.withOptions()
                .tenantIdentifier((Object) node)
                .readOnly(true)
                .openSession()) {
            return inTransaction(session, work);
        }
    }

    private <R> R in(int node, Function<Session, R> work) {
        try (var session = factory.withOptions().tenantIdentifier((Object) node).openSession()) {
            return inTransaction(session, work);
        }
    }

    private static <R> R inTransaction(Session session, Function<Session, R> work) {
        var transaction = session.beginTransaction();
        var result = work.apply(session);
        transaction.commit();
        return result;
    }

    /** A transaction for each node, one after the other: if one fails, those before it stay. */
    @Override
    void insertOfKeys(List<Order> orders) {
        orders.stream()
                .collect(Collectors.groupingBy(order -> nodeOf(order.customerId())))
                .forEach((node, rows) -> in(node, session -> {
                    rows.forEach(session::persist);
                    return rows.size();
                }));
    }

    /** Asks one node after the other, until one has it. */
    @Override
    Order byUuid(UUID id) {
        for (int node = 0; node < primaries.size(); node++) {
            var order = in(node, session -> session.createSelectionQuery(Op.FIND_BY_UUID.hql(), Order.class)
                    .setParameter("id", id)
                    .getSingleResultOrNull());
            if (order != null) {
                return order;
            }
        }
        throw new IllegalStateException("No node has order " + id + ".");
    }

    @Override
    List<?> fanOut(Op op) {
        return HandFanOut.run(op, this::onEachNode);
    }

    private <R> List<R> onEachNode(Function<DataSource, R> question) {
        try {
            var asked = threads.invokeAll(primaries.stream()
                    .<Callable<R>>map(pool -> () -> question.apply(pool))
                    .toList());
            var answers = new ArrayList<R>();
            for (var answer : asked) {
                answers.add(answer.get());
            }
            return answers;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        factory.close();
        primaries.forEach(HikariDataSource::close);
        replicas.forEach(HikariDataSource::close);
    }
}
