package io.shardloom.sample;

import static java.util.Objects.requireNonNull;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.sample.model.Temperature;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.hibernate.Session;

/** Daily temperatures, a range of dates for each shard: four years of real ones in Seattle, and one in London. */
final class Temperatures implements Scenario {

    private static final LocalDate LONDON_DAY = LocalDate.of(2016, 8, 3);

    /**
     * What one city had in one year.
     *
     * @param year the year, which is on one shard
     * @param city the city
     * @param days how many days are known
     * @param average degrees Fahrenheit
     * @param highest degrees Fahrenheit
     */
    record Summary(int year, String city, long days, double average, BigDecimal highest) {}

    @Override
    public String name() {
        return "temperatures";
    }

    @Override
    public String shows() {
        return "readings by date: a shard for each year, a default shard for all other years";
    }

    @Override
    public void run(Shardloom shop, Servers servers, Screen screen) {
        save(shop, new Temperature(LONDON_DAY, "London", BigDecimal.valueOf(63)));
        var seattle = seattle();
        var start = System.nanoTime();
        seattle.forEach(day -> save(shop, day));
        screen.say(String.format(
                Locale.ROOT,
                "%,d days of Seattle saved, each in a transaction of its own (%.1f s)",
                seattle.size(),
                (System.nanoTime() - start) / 1e9));
        servers.awaitReplicas(shop.sharding().nodes());

        screen.table(
                "The shards: 2012 to 2017, and the default for every other date",
                List.of("partition", "node", "bound", "rows"),
                shards(shop));
        screen.table(
                "The daily highs of each year, in degrees Fahrenheit",
                List.of("year", "city", "days", "average", "highest", "node"),
                years(shop));
        screen.table(
                "London on " + LONDON_DAY + ", asked on its own node's replica and on every node",
                List.of("asked", "reading_date", "city", "temp"),
                london(shop));
    }

    private static void save(Shardloom shop, Temperature reading) {
        try (var session = shop.openStatelessSession(reading.readingDate())) {
            var transaction = session.beginTransaction();
            session.insert(reading);
            transaction.commit();
        }
    }

    private static List<List<?>> shards(Shardloom shop) {
        return shop.rowsPerShard(Temperature.class).stream()
                .<List<?>>map(count -> List.of(
                        "temperatures_" + count.shard().name(),
                        count.node(),
                        count.shard().bound(),
                        count.rows()))
                .toList();
    }

    /** Each node sums up its own days, and the sums are merged. */
    private static List<List<?>> years(Shardloom shop) {
        var summaries = shop.query(
                "select year(t.readingDate), t.city, count(*), avg(t.temp), max(t.temp) from Temperature t"
                        + " group by year(t.readingDate), t.city order by year(t.readingDate), t.city",
                Summary.class);
        return summaries.getResultList().stream()
                .<List<?>>map(summary -> List.of(
                        summary.year(),
                        summary.city(),
                        summary.days(),
                        String.format(Locale.ROOT, "%.1f", summary.average()),
                        summary.highest(),
                        node(shop, LocalDate.of(summary.year(), 1, 1))))
                .toList();
    }

    private static String node(Shardloom shop, LocalDate day) {
        return shop.explain(day).location().node().name();
    }

    private static List<List<?>> london(Shardloom shop) {
        var rows = new ArrayList<List<?>>();
        rows.addAll(rows("key " + LONDON_DAY, shop.readOnly(LONDON_DAY, Temperatures::inLondon)));
        rows.addAll(rows(
                "every node",
                shop.query("from Temperature where city = 'London'", Temperature.class)
                        .getResultList()));
        return rows;
    }

    private static List<Temperature> inLondon(Session session) {
        return session.createSelectionQuery("from Temperature where city = 'London'", Temperature.class)
                .getResultList();
    }

    private static List<List<?>> rows(String asked, List<Temperature> readings) {
        if (readings.isEmpty()) {
            return List.of(List.of(asked, "(none)", "", ""));
        }
        return readings.stream()
                .<List<?>>map(reading -> List.of(asked, reading.readingDate(), reading.city(), reading.temp()))
                .toList();
    }

    /** Reads the daily highs, converted to the unit of the reading in London. */
    private static List<Temperature> seattle() {
        var file = requireNonNull(Temperatures.class.getResourceAsStream("/weather/seattle-weather.csv"));
        try (var lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
            return lines.lines()
                    .skip(1)
                    .map(line -> line.split(",", -1))
                    .map(cells -> new Temperature(LocalDate.parse(cells[0]), "Seattle", fahrenheit(cells[2])))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BigDecimal fahrenheit(String celsius) {
        return new BigDecimal(celsius).multiply(new BigDecimal("1.8")).add(BigDecimal.valueOf(32));
    }
}
