package io.shardloom.atomic;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.failure.InDoubtException;
import io.shardloom.failure.RolledBackException;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Client and servers killed between every two steps of a commit of three nodes. What is sent to two nodes at once is sent
 * to one after the other here, so that there is a moment between them; in the random test it is at once.
 * Processes are killed and not the machine, so what they have written is there whether it has reached a disk or not.
 * {@code -Dcrash.rounds=1000} is the long form of the random test, {@code -Dcrash.seed} makes other choices.
 */
@WithCluster(nodes = 3, shared = false)
class CrashIT {

    /** Decision, two times PREPARE, COMMIT, two times COMMIT PREPARED. */
    private static final int STATEMENTS = 6;

    private enum Told {
        COMMITTED,
        COMMITTED_BUT_PENDING,
        ROLLED_BACK,
        NOT_KNOWN
    }

    private static int numbers;
    private static Cluster cluster;

    @BeforeAll
    static void create(EmbeddedCluster embedded) throws SQLException {
        cluster = Cluster.created(embedded);
    }

    @Test
    void allNodesAgreeAfterTheClientWasKilledBetweenAnyTwoSteps(EmbeddedCluster embedded) throws Exception {
        List<String> stops = new ArrayList<>();
        for (int step = 0; step <= STATEMENTS; step++) {
            int number = (numbers += 2);
            List<String> said = runAndKill(number, step);
            stops.add(said.get(said.size() - 1).replaceAll("(?s)(n\\d \\w+).*", "$1"));

            try (AtomicCommit commits = cluster.commits()) {
                Cluster.recover(commits, embedded);
            }

            assertThat(said).first().isEqualTo("committed " + number);
            assertThat(Cluster.nodesWith(embedded, number)).isEqualTo(3);
            assertThat(Cluster.nodesWith(embedded, number + 1))
                    .as("after a kill before step %d (%s)", step, said)
                    .isEqualTo(step < 4 ? 0 : 3);
            assertThat(said.contains("committed " + (number + 1))).isEqualTo(step == STATEMENTS);
        }
        assertThat(stops)
                .containsExactly(
                        "stopped before n3 insert",
                        "stopped before n1 reset",
                        "stopped before n2 reset",
                        "stopped before n3 commit",
                        "stopped before n1 commit",
                        "stopped before n2 commit",
                        "stopped before the end");
    }

    private static List<String> runAndKill(int number, int step) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CrashMain.class.getName(),
                Integer.toString(number),
                Integer.toString(step)));
        cluster.properties().forEach((name, value) -> command.add(name + "=" + value));
        Process client = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> said = new ArrayList<>();
        // Left open: closing it would close the client's standard output.
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            said.add(line);
            if (line.startsWith("stopped")) {
                client.destroyForcibly();
                assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
                return said;
            }
        }
        throw new AssertionError("The client ended by itself: " + said);
    }

    @Test
    void allNodesAgreeAfterAnyServerWasKilledBetweenAnyTwoSteps(EmbeddedCluster embedded) throws SQLException {
        Set<Told> seen = EnumSet.noneOf(Told.class);
        try (AtomicCommit commits = ready(cluster.commits())) {
            for (int step = 0; step < STATEMENTS; step++) {
                for (int victim = 1; victim <= 3; victim++) {
                    Told told = commitAndKill(embedded, commits, step, false, Set.of("n" + victim));

                    boolean decided = step > 3 || (step == 3 && victim < 3) || (step == 2 && victim == 1);
                    assertThat(told == Told.COMMITTED || told == Told.COMMITTED_BUT_PENDING)
                            .as("told %s after n%d was killed before step %d", told, victim, step)
                            .isEqualTo(decided);
                    seen.add(told);
                }
            }
        }
        assertThat(seen).containsExactlyInAnyOrder(Told.values());
    }

    @Test
    void allNodesAgreeAfterRandomServersWereKilledAtRandomSteps(EmbeddedCluster embedded) throws SQLException {
        long seed = Long.getLong("crash.seed", 1);
        System.out.println("crash.seed=" + seed);
        Random random = new Random(seed);
        try (AtomicCommit commits = ready(cluster.commitsAtOnce())) {
            for (int round = Integer.getInteger("crash.rounds", 3); round > 0; round--) {
                Set<String> victims = new TreeSet<>();
                int count = 1 + random.nextInt(3);
                while (victims.size() < count) {
                    victims.add("n" + (1 + random.nextInt(3)));
                }
                commitAndKill(embedded, commits, random.nextInt(STATEMENTS), random.nextBoolean(), victims);
            }
        }
    }

    /** Kills servers before or after a statement, lets the commit end, starts the servers and recovers. */
    private static Told commitAndKill(
            EmbeddedCluster embedded, AtomicCommit commits, int step, boolean after, Set<String> victims)
            throws SQLException {
        int number = (numbers += 2);
        String what = victims + " killed " + (after ? "after" : "before") + " step " + step;
        AtomicInteger left = new AtomicInteger(step);
        List<Participant> parts = cluster.write(number, new Tap.Listener() {
            @Override
            public void before(String node, String sql) {
                if (!after) {
                    kill();
                }
            }

            @Override
            public void after(String node, String sql) {
                if (after) {
                    kill();
                }
            }

            private void kill() {
                if (left.getAndDecrement() == 0) {
                    victims.forEach(victim -> embedded.node(victim).primary().kill());
                }
            }
        });
        Told told = commit(commits, parts);
        Cluster.close(parts);
        embedded.nodes().parallelStream().forEach(node -> node.primary().start());
        Cluster.recover(commits, embedded);
        int nodes = Cluster.nodesWith(embedded, number);
        switch (told) {
            case COMMITTED, COMMITTED_BUT_PENDING -> assertThat(nodes).as(what).isEqualTo(3);
            case ROLLED_BACK -> assertThat(nodes).as(what).isZero();
            case NOT_KNOWN -> assertThat(nodes).as(what).isIn(0, 3);
        }
        return told;
    }

    /** Returns commits that know the nodes' identities, so that the steps are always the same. */
    private static AtomicCommit ready(AtomicCommit commits) throws SQLException {
        List<Participant> parts = cluster.write(numbers += 2, Cluster.NOBODY);
        commits.commit(parts);
        Cluster.close(parts);
        return commits;
    }

    private static Told commit(AtomicCommit commits, List<Participant> parts) {
        try {
            return commits.commit(parts).pending().isEmpty() ? Told.COMMITTED : Told.COMMITTED_BUT_PENDING;
        } catch (RolledBackException e) {
            return Told.ROLLED_BACK;
        } catch (InDoubtException e) {
            assertThat(e.transactionId()).isPresent();
            return Told.NOT_KNOWN;
        }
    }
}
