package io.shardloom.benchmarks.side;

import io.shardloom.hibernate.Shardloom;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Boots a unit of many entities, finds nothing in the first, and says how long that took. */
public final class BootMain {
    /** The unit that is booted. */
    public static final String UNIT = "many";

    private static final Logger ROOT = Logger.getLogger("");

    private BootMain() {}

    /**
     * Boots.
     *
     * @param args the file of settings, then the name of the first entity's class
     * @throws Exception if it cannot
     */
    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        ROOT.setLevel(Level.SEVERE);
        var settings = Settings.read(Path.of(args[0]));
        var entity = Class.forName(args[1]);
        boolean sharded = settings.get("side").equals("shardloom");
        Map<String, Object> properties = sharded
                ? settings.startingWith("shardloom.")
                : Map.of(
                        "jakarta.persistence.nonJtaDataSource",
                        settings.pool(settings.get("url.0"), 10),
                        "hibernate.connection.provider_disables_autocommit",
                        "true");
        try (var factory = Persistence.createEntityManagerFactory(UNIT, properties)) {
            if (sharded) {
                findSharded(factory, entity);
            } else {
                factory.runInTransaction(em -> em.find(entity, 1L));
            }
            double millis = (System.nanoTime() - start) / 1e6;
            System.gc();
            System.out.println(SideMain.MARK + millis + " "
                    + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + " "
                    + ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount());
        }
        System.exit(0);
    }

    private static void findSharded(EntityManagerFactory factory, Class<?> entity) {
        Shardloom.of(factory).inTransaction(1L, session -> session.find(entity, 1L));
    }
}
