package io.shardloom.benchmarks.side;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A measured JVM: boots one side, then does what the lines on its standard input say, and answers each with a line
 * that begins with {@value #MARK}.
 *
 * <pre>
 * answer OP                a row of text that is equal where two sides answer the same; "unsupported" where it cannot be asked
 * times OP n               does it n times on this thread
 * warm OP,OP,... millis    does those of them that it can in turn for as long
 * slice OP threads millis  operations, operations per second, CPU nanoseconds, bytes
 * latencies                median and 99th percentile in nanoseconds since the last time
 * footprint                bytes of live heap, classes loaded
 * keys n                   finds a row of each of the first n customers
 * exit
 * </pre>
 */
public final class SideMain {
    /** Begins every line that is an answer; what libraries print has none. */
    public static final String MARK = "@@ ";

    private static final Logger ROOT = Logger.getLogger("");

    private SideMain() {}

    /**
     * Boots and serves.
     *
     * @param args the file of settings
     * @throws Exception if the side cannot boot
     */
    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        ROOT.setLevel(Level.WARNING);
        var settings = Settings.read(Path.of(args[0]));
        var orders = Orders.read(Path.of(settings.get("orders")));
        try (var side = open(settings, orders);
                var meter = new Meter(side)) {
            side.run(Op.FIND, new Random(1));
            out.println(MARK + (System.nanoTime() - start) / 1e6);
            serve(side, meter, out);
        }
        System.exit(0); // a peer's own threads would keep the JVM
    }

    private static Side open(Settings settings, Orders orders) {
        var name = settings.get("side");
        return switch (name) {
            case "plain" -> PlainSide.oneServer(settings, orders);
            case "router", "hand" -> new RouterSide(settings, orders);
            case "shardloom", "shardloom_plain" -> new ShardloomSide(settings, orders);
            case "shardingsphere" -> PlainSide.shardingSphere(settings, orders);
            default -> throw new IllegalArgumentException("There is no side '" + name + "'.");
        };
    }

    private static void serve(Side side, Meter meter, PrintStream out) throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = in.readLine(); line != null && !line.equals("exit"); line = in.readLine()) {
            String reply;
            try {
                reply = reply(side, meter, line.split(" ", -1));
            } catch (Exception e) {
                e.printStackTrace();
                reply = "failed " + root(e);
            }
            out.println(MARK + reply.replace('\n', ' '));
        }
    }

    private static String reply(Side side, Meter meter, String[] command) throws Exception {
        return switch (command[0]) {
            case "answer" -> {
                var op = Op.valueOf(command[1]);
                yield side.supports(op) ? side.answer(op) : "unsupported";
            }
            case "times" -> {
                var random = new Random(2);
                for (int i = 0; i < Integer.parseInt(command[2]); i++) {
                    side.run(Op.valueOf(command[1]), random);
                }
                yield "done";
            }
            case "warm" -> {
                warm(side, meter, command[1].split(",", -1), Long.parseLong(command[2]));
                yield "done";
            }
            case "slice" -> {
                var slice = meter.run(Op.valueOf(command[1]), Integer.parseInt(command[2]), Long.parseLong(command[3]));
                yield slice.operations() + " " + slice.perSecond() + " " + slice.cpuNanos() + " " + slice.bytes();
            }
            case "latencies" -> {
                var latencies = meter.takeLatencies();
                yield latencies.quantile(0.5) + " " + latencies.quantile(0.99);
            }
            case "footprint" -> footprint();
            case "keys" -> {
                int keys = Math.min(Integer.parseInt(command[1]), side.customers());
                for (int customer = 1; customer <= keys; customer++) {
                    long key = customer;
                    side.transaction(key, session -> side.ordersOf(session, key).size());
                }
                yield "done";
            }
            default -> throw new IllegalArgumentException("There is no command '" + command[0] + "'.");
        };
    }

    /**
     * Lets the JIT see it all, on as many threads as there are cores: the oftener it is done, the more of it is compiled. What
     * takes the servers long is done a few times while the rest is done many times, as it shares its code with the rest.
     */
    private static void warm(Side side, Meter meter, String[] names, long millis) throws Exception {
        var ops = Arrays.stream(names).map(Op::valueOf).filter(side::supports).toList();
        int threads = Runtime.getRuntime().availableProcessors();
        long end = System.nanoTime() + millis * 1_000_000;
        while (!ops.isEmpty() && System.nanoTime() < end) {
            for (var op : ops) {
                meter.run(op, threads, 20);
            }
        }
        meter.takeLatencies();
    }

    /** Collects until nothing more goes: an entity's last reference may hang on a finalizer. */
    private static String footprint() throws InterruptedException {
        var memory = ManagementFactory.getMemoryMXBean();
        List<Long> used = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(50);
            used.add(memory.getHeapMemoryUsage().getUsed());
        }
        return used.stream().mapToLong(Long::longValue).min().orElseThrow() + " "
                + ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
    }

    private static Throwable root(Throwable failure) {
        var cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
