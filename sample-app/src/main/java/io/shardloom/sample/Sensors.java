package io.shardloom.sample;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.sample.model.SensorData;
import io.shardloom.topology.Placement;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

/** Measurements hashed by sensor: how many shards there are, where they and their copies are, and what is in them. */
final class Sensors implements Scenario {

    private static final int SENSORS = 20;
    private static final int READINGS = 50;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /**
     * What one sensor measured.
     *
     * @param id the sensor
     * @param average degrees
     * @param highest degrees
     */
    record Warmth(int id, double average, double highest) {}

    @Override
    public String name() {
        return "sensors";
    }

    @Override
    public String shows() {
        return "measurements hashed by sensor: shards, placements, rows and copies";
    }

    @Override
    public void run(Shardloom shop, Servers servers, Screen screen) {
        var random = new Random(18);
        for (int sensor = 1; sensor <= SENSORS; sensor++) {
            measure(shop, sensor, random);
        }
        servers.awaitReplicas(shop.sharding().nodes());

        screen.table(
                "How many",
                List.of("nodes", "shard placements", "rows"),
                List.of(List.of(
                        shop.sharding().nodes().size(), shop.placements().size(), SENSORS * READINGS)));
        screen.table("Placements on each node, most first", List.of("node", "placements"), placementsPerNode(shop));
        screen.table("Rows in each shard", List.of("shard", "partition", "node", "rows"), rowsPerShard(shop));
        screen.table(
                "The three warmest sensors: each node averages its own, the tops are merged",
                List.of("sensor", "average", "highest"),
                warmest(shop));
        screen.table(
                "Copies of each shard: on the primary, which takes writes, and on its replicas",
                List.of("shard", "copies", "primary", "replicas"),
                copies(shop));
    }

    /** All readings of one sensor have one key, so they fit one transaction. */
    private static void measure(Shardloom shop, int sensor, Random random) {
        shop.inTransaction(sensor, session -> {
            for (int i = 0; i < READINGS; i++) {
                var value = Math.round(random.nextGaussian(20, 5) * 10) / 10.0;
                session.persist(new SensorData(sensor, value, START.plus(Duration.ofMinutes(i))));
            }
        });
    }

    private static List<List<?>> placementsPerNode(Shardloom shop) {
        var counts = shop.placements().stream().collect(Collectors.groupingBy(Placement::node, Collectors.counting()));
        return shop.sharding().nodes().stream()
                .<List<?>>map(node -> List.of(node.name(), counts.getOrDefault(node.name(), 0L)))
                .sorted(Comparator.comparing((List<?> row) -> (Long) row.get(1)).reversed())
                .toList();
    }

    private static List<List<?>> rowsPerShard(Shardloom shop) {
        return shop.rowsPerShard(SensorData.class).stream()
                .<List<?>>map(count ->
                        List.of(count.shard(), "sensor_data_" + count.shard().name(), count.node(), count.rows()))
                .toList();
    }

    private static List<List<?>> warmest(Shardloom shop) {
        return shop
                .query(
                        "select s.sensorId, avg(s.value), max(s.value) from SensorData s group by s.sensorId"
                                + " order by avg(s.value) desc, s.sensorId",
                        Warmth.class)
                .setMaxResults(3)
                .getResultList()
                .stream()
                .<List<?>>map(sensor ->
                        List.of(sensor.id(), rounded("%.2f", sensor.average()), rounded("%.1f", sensor.highest())))
                .toList();
    }

    private static String rounded(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static List<List<?>> copies(Shardloom shop) {
        return shop.placements().stream()
                .<List<?>>map(placement -> {
                    var node = shop.sharding().node(placement.node());
                    var replicas =
                            node.replicas().stream().map(Object::toString).collect(Collectors.joining(" "));
                    return List.of(placement.shard(), 1 + node.replicas().size(), node.primary(), replicas);
                })
                .toList();
    }
}
