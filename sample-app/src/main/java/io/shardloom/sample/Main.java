package io.shardloom.sample;

import io.shardloom.failure.ShardloomException;
import io.shardloom.testing.EmbeddedClusterException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;

/** Runs the scenarios on servers that it starts, or on servers of the user's own. */
public final class Main {

    private static final String HELP = """
            Five small systems, sharded over two PostgreSQL nodes with two replicas each.

              --scenario NAME   run this scenario only; may be given several times
              --list            list the scenarios
              --keep            leave the servers up at the end, until Enter is pressed or input ends
              --debug           show the stack trace when something fails
              --help            show this

            The servers are started for the run, on free ports of this machine, and gone after it.
            To use servers of your own, set these environment variables:

              SHARDLOOM_N1_PRIMARY    jdbc:postgresql://host:port/database, the primary of node n1
              SHARDLOOM_N1_REPLICAS   its replicas, separated by commas; may be missing
              SHARDLOOM_N2_PRIMARY    the same for node n2: another server, or another database
              SHARDLOOM_N2_REPLICAS
              SHARDLOOM_USER          who connects to all of them
              SHARDLOOM_PASSWORD

            WARNING: on these servers the scenarios DROP and create the tables usuarios,
            activity_log, temperatures, cities, sensor_data and tbl_users. Give them empty
            databases.
            What the replication views show needs a user with the role pg_monitor, and writes that
            span nodes need max_prepared_transactions above 0 on the primaries.

            Coming from MASTER_DB_*, REPLICA_ONE_* and REPLICA_TWO_*: the master's address is
            SHARDLOOM_N1_PRIMARY, and those of the two replicas are SHARDLOOM_N1_REPLICAS.
            """;

    private final Screen screen;
    private final PrintStream errors;
    private final InputStream input;
    private final Function<String, @Nullable String> environment;

    Main(PrintStream out, PrintStream errors, InputStream input, Function<String, @Nullable String> environment) {
        this.screen = new Screen(out);
        this.errors = errors;
        this.input = input;
        this.environment = environment;
    }

    /**
     * Runs the sample and ends the JVM: with 0, with 1 if something failed, or with 2 if it was called wrongly.
     *
     * @param arguments see {@code --help}
     * @throws IOException if the log cannot be set up
     */
    public static void main(String[] arguments) throws IOException {
        try (var logging = Main.class.getResourceAsStream("/logging.properties")) {
            LogManager.getLogManager().readConfiguration(logging);
        }
        var main = new Main(
                console(FileDescriptor.out, "stdout.encoding"),
                console(FileDescriptor.err, "stderr.encoding"),
                System.in,
                System::getenv);
        System.exit(main.run(arguments));
    }

    int run(String... arguments) {
        var debug = List.of(arguments).contains("--debug");
        try {
            run(Options.parse(arguments));
            return 0;
        } catch (UsageException e) {
            errors.println(e.getMessage());
            return 2;
        } catch (RuntimeException | IOException e) {
            if (debug) {
                e.printStackTrace(errors);
            } else {
                errors.println(message(e) + System.lineSeparator() + "Run with --debug to see the stack trace.");
            }
            return 1;
        }
    }

    private void run(Options options) throws IOException {
        if (options.help()) {
            screen.say(HELP);
        } else if (options.list()) {
            Scenario.ALL.forEach(scenario -> screen.say(scenario.name() + ": " + scenario.shows()));
        } else {
            var own = OwnServers.from(environment);
            var start = System.nanoTime();
            try (var servers = own.orElseGet(() -> EmbeddedServers.start(screen))) {
                new Tour(servers, screen).run(options.scenarios());
                screen.say(String.format(Locale.ROOT, "%nall done in %.1f s", (System.nanoTime() - start) / 1e9));
                if (options.keep() && own.isPresent()) {
                    screen.block("Your servers, which stay as they are:", servers.psqlUrls());
                } else if (options.keep()) {
                    keep(servers);
                }
            }
        }
    }

    private void keep(Servers servers) throws IOException {
        screen.block("The servers stay up; look at them with psql:", servers.psqlUrls());
        screen.say("Press Enter to stop them.");
        int key = input.read();
        while (key >= 0 && key != '\n') {
            key = input.read();
        }
    }

    /** Returns what the first cause that speaks to users says, or else the innermost one. */
    private static String message(Exception failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !speaksToUsers(cause)) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private static boolean speaksToUsers(Throwable failure) {
        return failure instanceof ShardloomException
                || failure instanceof SampleException
                || failure instanceof EmbeddedClusterException;
    }

    /** Where the console's encoding is plain ASCII because nobody has set one, UTF-8 is the better guess. */
    private static PrintStream console(FileDescriptor descriptor, String property) {
        var name = System.getProperty(property, System.getProperty("native.encoding", "UTF-8"));
        var charset = Charset.forName(name);
        return new PrintStream(
                new FileOutputStream(descriptor),
                true,
                charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset);
    }
}
