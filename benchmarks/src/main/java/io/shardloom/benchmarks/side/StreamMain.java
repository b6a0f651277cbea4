package io.shardloom.benchmarks.side;

import com.sun.management.ThreadMXBean;
import io.shardloom.hibernate.Shardloom;
import jakarta.persistence.Persistence;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Streams all readings in order and says how many came, whether they were in order, and what that took. */
public final class StreamMain {
    /** The unit with the readings. */
    public static final String UNIT = "readings";

    private static final Logger ROOT = Logger.getLogger("");

    private StreamMain() {}

    /**
     * Streams.
     *
     * @param args the file of settings
     * @throws Exception if it cannot
     */
    public static void main(String[] args) throws Exception {
        ROOT.setLevel(Level.SEVERE);
        var settings = Settings.read(Path.of(args[0]));
        try (var factory = Persistence.createEntityManagerFactory(UNIT, settings.startingWith("shardloom."))) {
            long start = System.nanoTime();
            long bytes = allocated();
            var read = Shardloom.of(factory).fromCluster(session -> {
                try (var rows = session.query(
                                "select r.number, r.sensor, r.celsius from Reading r order by r.number, r.sensor",
                                Object[].class)
                        .getResultStream()) {
                    return Read.of(rows.iterator());
                }
            });
            System.out.println(SideMain.MARK + read.rows + " " + (read.ordered ? 1 : 0) + " "
                    + (System.nanoTime() - start) / 1e9 + " " + (allocated() - bytes) + " " + peak());
        }
        System.exit(0);
    }

    private record Read(long rows, boolean ordered) {
        static Read of(Iterator<Object[]> all) {
            long rows = 0;
            boolean ordered = true;
            long number = 0;
            long sensor = 0;
            while (all.hasNext()) {
                var row = all.next();
                long nextNumber = (Long) row[0];
                long nextSensor = (Long) row[1];
                ordered &= nextNumber > number || (nextNumber == number && nextSensor > sensor);
                number = nextNumber;
                sensor = nextSensor;
                rows++;
            }
            return new Read(rows, ordered);
        }
    }

    private static long allocated() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    /** Returns the most that was left of the heap after a collection. */
    private static long peak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .map(MemoryPoolMXBean::getCollectionUsage)
                .filter(usage -> usage != null)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }
}
