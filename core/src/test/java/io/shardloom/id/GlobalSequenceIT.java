package io.shardloom.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.config.Configuration;
import io.shardloom.ddl.SequenceDdl;
import io.shardloom.failure.ShardloomException;
import io.shardloom.server.ConnectionSource;
import io.shardloom.server.NodePools;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@WithCluster(nodes = 1, settings = "autovacuum=off") // it takes numbers of transactions too
class GlobalSequenceIT {

    @BeforeAll
    static void createTable(EmbeddedCluster cluster) throws SQLException {
        cluster.node("n1").primary().execute(SequenceDdl.createAll().toArray(String[]::new));
        cluster.node("n1").primary().execute(SequenceDdl.createAll().toArray(String[]::new));
    }

    @Test
    void countsFromOneWithBlocksOfOne(EmbeddedCluster cluster) throws SQLException {
        create(cluster, "invoice");
        try (NodePools pools = open(cluster)) {
            GlobalSequence sequence = GlobalSequence.of("invoice", 1, pools.sequences());

            assertThat(List.of(sequence.next(), sequence.next(), sequence.next()))
                    .containsExactly(1L, 2L, 3L);
        }
        assertThat(cluster.node("n1").primary().value("select shardloom.next_value('invoice')"))
                .isEqualTo("4");
    }

    @Test
    void takesWholeBlocks(EmbeddedCluster cluster) throws SQLException {
        create(cluster, "blocks");
        try (NodePools pools = open(cluster)) {
            GlobalSequence one = GlobalSequence.of("blocks", 3, pools.sequences());
            GlobalSequence other = GlobalSequence.of("blocks", 3, pools.sequences());

            assertThat(List.of(one.next(), other.next(), one.next(), one.next(), one.next(), other.next()))
                    .containsExactly(1L, 4L, 2L, 3L, 7L, 5L);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50})
    void givesNoNumberTwiceToEightThreadsOfTwoApplications(int block, EmbeddedCluster cluster) throws Exception {
        String name = "shared " + block;
        create(cluster, name);
        int each = block == 1 ? 100 : 2_000;
        ExecutorService executor = Executors.newFixedThreadPool(16);
        try (NodePools one = open(cluster);
                NodePools other = open(cluster)) {
            List<GlobalSequence> sequences = List.of(
                    GlobalSequence.of(name, block, one.sequences()), GlobalSequence.of(name, block, other.sequences()));
            List<Callable<long[]>> work = IntStream.range(0, 16)
                    .<Callable<long[]>>mapToObj(i -> () -> LongStream.generate(sequences.get(i % 2)::next)
                            .limit(each)
                            .toArray())
                    .collect(Collectors.toList());

            Set<Long> all = new HashSet<>();
            for (Future<long[]> result : executor.invokeAll(work)) {
                LongStream.of(result.get()).forEach(all::add);
            }

            assertThat(all).hasSize(16 * each);
            long highest = all.stream().mapToLong(Long::longValue).max().orElseThrow();
            assertThat(highest).isLessThanOrEqualTo(16L * each + 32L * block);
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void sendsOneStatementForAFetch(EmbeddedCluster cluster) throws SQLException {
        create(cluster, "cost");
        EmbeddedServer server = cluster.node("n1").primary();
        AtomicInteger taken = new AtomicInteger();
        try (NodePools pools = open(cluster)) {
            ConnectionSource source = pools.sequences();
            GlobalSequence sequence = GlobalSequence.of("cost", 1, () -> {
                taken.incrementAndGet();
                return source.connection();
            });
            long before;
            long after;
            try (Connection connection = server.connectAsSuperuser()) {
                before = transaction(connection);
                LongStream.rangeClosed(1, 3_000)
                        .forEach(i -> assertThat(sequence.next()).isEqualTo(i));
                after = transaction(connection);
            }

            // Each statement has a transaction of its own, and the first block needs one more to be reserved.
            assertThat(taken).hasValue(3_000);
            assertThat(after - before - 1).isEqualTo(3_001);
        }
    }

    /** Uses up the next number of a transaction that writes, and returns it. */
    private static long transaction(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_current_xact_id()")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void givesPlainSqlTheSameNumbersInOneTransactionPastWhatIsReserved(EmbeddedCluster cluster) throws SQLException {
        create(cluster, "plain");
        EmbeddedServer server = cluster.node("n1").primary();
        String numbers = "select min(n) || ' ' || max(n) || ' ' || count(distinct n)"
                + " from (select shardloom.next_value('plain') as n from generate_series(1, 2500)) t";

        assertThat(server.value(numbers)).isEqualTo("1 2500 2500");
        try (NodePools pools = open(cluster)) {
            assertThat(GlobalSequence.of("plain", 10, pools.sequences()).next()).isEqualTo(2_501);
        }
        assertThat(server.value(numbers)).isEqualTo("2511 5010 2500");
    }

    @ParameterizedTest
    @ValueSource(ints = {999, 1_000, 1_001, 1_000_000})
    void takesBlocksBeyondWhatIsReserved(int block, EmbeddedCluster cluster) throws SQLException {
        String name = "large " + block;
        create(cluster, name);
        try (NodePools pools = open(cluster)) {
            GlobalSequence small = GlobalSequence.of(name, 1, pools.sequences());
            GlobalSequence large = GlobalSequence.of(name, block, pools.sequences());

            assertThat(List.of(small.next(), large.next(), small.next())).containsExactly(1L, 2L, block + 2L);
        }
    }

    @Test
    void needsNoConnectionOfItsCallersPool(EmbeddedCluster cluster) throws SQLException {
        create(cluster, "busy");
        Configuration configuration = configuration(cluster);
        try (NodePools pools = NodePools.open(configuration);
                Connection only = pools.connection(configuration.nodes().get(0), false)) {
            assertThat(GlobalSequence.of("busy", 1, pools.sequences()).next()).isEqualTo(1);
            only.rollback();
        }
    }

    @Test
    void saysHowToMakeWhatIsMissing(EmbeddedCluster cluster) throws SQLException {
        String on = " on the node that shardloom.sequence.node names, by default the first one: ";
        String insert = "insert into shardloom.global_sequence values ('o''clock', 1) on conflict (name) do nothing;";
        String alter = "alter table shardloom.global_sequence add column if not exists replicated_until bigint not null"
                + " default 0, add column if not exists reserved_until bigint not null default 0, add column if not"
                + " exists timeline integer not null default 0, add column if not exists reserved_by xid8, add column if not"
                + " exists witnessed boolean not null default false;";
        EmbeddedServer server = cluster.node("n1").primary();
        try (NodePools pools = open(cluster)) {
            GlobalSequence sequence = GlobalSequence.of("o'clock", 1, pools.sequences());
            assertThatThrownBy(sequence::next)
                    .isInstanceOf(ShardloomException.class)
                    .hasMessage(
                            "Global sequence 'o'clock' cannot be used: the table shardloom.global_sequence has no row"
                                    + " for it. Run" + on + insert);

            server.execute("alter table shardloom.global_sequence rename to away");
            try {
                assertThatThrownBy(sequence::next)
                        .isInstanceOf(ShardloomException.class)
                        .hasMessageStartingWith("Global sequence 'o'clock' cannot be used: its table or functions are"
                                + " missing (ERROR: relation \"shardloom.global_sequence\" does not exist")
                        .hasMessageEndingWith(
                                "Run the statements of SequenceDdl.createAll(), which the scripts of schema"
                                        + " generation have too, and" + on + alter + " " + insert);

                server.execute(
                        "create table shardloom.global_sequence (name text primary key, next_value bigint not null)");
                server.execute(SequenceDdl.createAll().toArray(String[]::new));
                server.execute(SequenceDdl.createSequence("o'clock", 7));
                assertThatThrownBy(sequence::next)
                        .isInstanceOf(ShardloomException.class)
                        .hasMessage("Global sequence 'o'clock' cannot be used: the table shardloom.global_sequence has"
                                + " the shape of an earlier version. Run" + on + alter);
                server.execute(alter);
                assertThat(sequence.next()).isEqualTo(7);
            } finally {
                server.execute(
                        "drop table if exists shardloom.global_sequence",
                        "alter table shardloom.away rename to global_sequence");
            }
            create(cluster, "o'clock");
            assertThat(sequence.next()).isEqualTo(1);
        }
        assertThatThrownBy(() -> cluster.node("n1").primary().value("select shardloom.next_value('none')"))
                .hasMessageContaining("there is no global sequence 'none'")
                .hasMessageContaining("insert into shardloom.global_sequence values ('none', 1)");
        assertThatThrownBy(() -> GlobalSequence.of("x", 0, () -> {
                    throw new SQLException("not reached");
                }))
                .hasMessage("The block of global sequence 'x' is 0. Give 1 or more.");
    }

    private static void create(EmbeddedCluster cluster, String name) throws SQLException {
        cluster.node("n1").primary().execute(SequenceDdl.createSequence(name), SequenceDdl.createSequence(name));
    }

    private static NodePools open(EmbeddedCluster cluster) {
        return NodePools.open(configuration(cluster));
    }

    private static Configuration configuration(EmbeddedCluster cluster) {
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties());
        properties.put("shardloom.hikari.maximumPoolSize", "1");
        return Configuration.read(properties);
    }
}
