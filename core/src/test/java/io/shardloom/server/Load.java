package io.shardloom.server;

import io.shardloom.choice.ReadTarget;
import io.shardloom.failure.ConnectionLostException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.topology.Node;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Clients that read and write one node all the time, and a book of what they were told. */
final class Load implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** What one read got: from which server, and when its connection was asked for and its answer came. */
    record Read(int port, long begin, long end) {}

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final NodePools pools;
    private final Node node;
    private final List<Thread> clients = new ArrayList<>();
    final Queue<Read> reads = new ConcurrentLinkedQueue<>();
    final Map<Integer, List<Exception>> failedReads = new ConcurrentHashMap<>();
    final Map<Long, Long> acknowledged = new ConcurrentHashMap<>();
    final Set<Long> notDone = ConcurrentHashMap.newKeySet();
    final Set<Long> unknown = ConcurrentHashMap.newKeySet();
    final Queue<Exception> failedWrites = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    Load(NodePools pools, Node node, int readers, int writers) {
        this(pools, node, readers, writers, ReadTarget.PREFER_REPLICA);
    }

    Load(NodePools pools, Node node, int readers, int writers, ReadTarget target) {
        this.pools = pools;
        this.node = node;
        for (int i = 0; i < readers; i++) {
            int client = i;
            start("reader-" + i, () -> read(client, target));
        }
        for (int i = 0; i < writers; i++) {
            start("writer-" + i, this::write);
        }
    }

    static void prepare(EmbeddedServer primary) throws SQLException {
        primary.execute("drop table if exists ledger", "create table ledger (id bigint not null)");
    }

    private void start(String name, Runnable work) {
        Thread thread = new Thread(
                () -> {
                    while (!stopped) {
                        work.run();
                    }
                },
                name);
        thread.setDaemon(true);
        clients.add(thread);
        thread.start();
    }

    private void read(int client, ReadTarget target) {
        long begin = System.nanoTime();
        try (Connection connection = pools.connection(node, target)) {
            int port = intOf(connection, "select inet_server_port()");
            connection.commit();
            reads.add(new Read(port, begin, System.nanoTime()));
        } catch (SQLException | ShardloomException e) {
            failedReads.computeIfAbsent(client, c -> new ArrayList<>()).add(e);
        }
    }

    private void write() {
        long id = NUMBERS.incrementAndGet();
        boolean committing = false;
        try (Connection connection = pools.connection(node, false);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into ledger values (" + id + ")");
            committing = true;
            connection.commit();
            acknowledged.put(id, System.nanoTime());
        } catch (SQLException | ShardloomException e) {
            failedWrites.add(e);
            boolean outcomeKnown = !(e instanceof SQLException failure)
                    || Outcomes.of(failure, committing)
                            .map(ConnectionLostException::outcomeKnown)
                            .orElse(true);
            (outcomeKnown ? notDone : unknown).add(id);
        }
    }

    /** Waits for a time in which reads come from exactly these servers, some from each. */
    void awaitReadsFrom(Set<Integer> ports) {
        long[] begin = {System.nanoTime()};
        Await.until("reads come from " + ports, SOON, () -> {
            long now = System.nanoTime();
            Set<Integer> seen = portsSince(begin[0]);
            if (!ports.containsAll(seen)) {
                begin[0] = now;
            }
            return seen.equals(ports);
        });
    }

    void awaitWrites(int more) {
        int before = acknowledged.size();
        Await.until(more + " more writes are acknowledged", SOON, () -> acknowledged.size() >= before + more);
    }

    /** Returns the servers of all reads. */
    Set<Integer> ports() {
        return ports(read -> true);
    }

    /** Returns the servers of the reads that were asked for after a time. */
    Set<Integer> portsSince(long begin) {
        return ports(read -> read.begin() - begin >= 0);
    }

    /** Returns the servers of the reads that were asked for and answered in between. */
    Set<Integer> portsBetween(long begin, long end) {
        return ports(read -> read.begin() - begin >= 0 && read.end() - end < 0);
    }

    private Set<Integer> ports(Predicate<Read> wanted) {
        return reads.stream().filter(wanted).map(Read::port).collect(Collectors.toSet());
    }

    int mostFailedReadsOfAClient() {
        return failedReads.values().stream().mapToInt(List::size).max().orElse(0);
    }

    /** Compares the book with the table: what was acknowledged is there once, what was not done is not there. */
    String check(EmbeddedServer primary) throws SQLException {
        Map<Long, Integer> rows = new HashMap<>();
        try (Connection connection = primary.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select id, count(*) from ledger group by id")) {
            while (row.next()) {
                rows.put(row.getLong(1), row.getInt(2));
            }
        }
        long lost = acknowledged.keySet().stream()
                .filter(id -> !rows.containsKey(id))
                .count();
        long doubled = rows.values().stream().filter(count -> count > 1).count();
        long ghosts = notDone.stream().filter(rows::containsKey).count();
        return lost + " lost, " + doubled + " doubled, " + ghosts + " done though said not to be";
    }

    static int intOf(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    @Override
    public void close() {
        stopped = true;
        for (Thread client : clients) {
            try {
                client.join(Duration.ofSeconds(60).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
