package io.shardloom.sample;

import static java.util.Objects.requireNonNull;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.sample.model.City;
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
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hibernate.Session;

/** Daily temperatures, a range of dates for each shard: four years of real ones in Seattle, and one in London. */
final class Temperatures implements Scenario {

    private static final LocalDate LONDON_DAY = LocalDate.of(2016, 8, 3);

    /**
     * What one city had in one year.
     *
     * @param year the year, which is on one shard
     * @param city the city
     * @param country the country of the city, which each node knows
     * @param days how many days are known
     * @param average degrees Fahrenheit
     * @param highest degrees Fahrenheit
     */
    record Summary(int year, String city, String country, long days, double average, BigDecimal highest) {}

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
        // a reference table: one call writes the same rows on every node
        shop.inCluster(session ->
                session.persistAll(List.of(new City("Seattle", "USA"), new City("London", "United Kingdom"))));
        shop.inTransaction(
                LONDON_DAY, session -> session.persist(new Temperature(LONDON_DAY, "London", BigDecimal.valueOf(63))));
        var seattle = seattle();
        var start = System.nanoTime();
        var years = seattle.stream()
                .collect(Collectors.groupingBy(day -> day.readingDate().getYear(), TreeMap::new, Collectors.toList()));
        years.values().forEach(days -> shop.inCluster(session -> session.persistAll(days)));
        screen.say(String.format(
                Locale.ROOT,
                "%,d days of Seattle saved in %d calls, a year in each (%.1f s)",
                seattle.size(),
                years.size(),
                (System.nanoTime() - start) / 1e9));
        servers.awaitReplicas(shop.sharding().nodes());

        screen.table(
                "The shards: 2012 to 2017, and the default for every other date",
                List.of("partition", "node", "bound", "rows"),
                shards(shop));
        screen.table(
                "The daily highs of each year, in degrees Fahrenheit; each node joins its own copy of the cities",
                List.of("year", "city", "country", "days", "average", "highest", "node"),
                years(shop));
        screen.table(
                "What the copies of the cities have that others have not",
                List.of("table", "id", "node", "difference"),
                differences(shop));
        screen.table(
                "London on " + LONDON_DAY + ", asked on its own node's replica and on every node",
                List.of("asked", "reading_date", "city", "temp"),
                london(shop));
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
                "select year(t.readingDate), c.name, c.country, count(*), avg(t.temp), max(t.temp) from Temperature t"
                        + " join City c on c.name = t.city group by year(t.readingDate), c.name, c.country"
                        + " order by year(t.readingDate), c.name",
                Summary.class);
        return summaries.getResultList().stream()
                .<List<?>>map(summary -> List.of(
                        summary.year(),
                        summary.city(),
                        summary.country(),
                        summary.days(),
                        String.format(Locale.ROOT, "%.1f", summary.average()),
                        summary.highest(),
                        node(shop, LocalDate.of(summary.year(), 1, 1))))
                .toList();
    }

    private static List<List<?>> differences(Shardloom shop) {
        var found = shop.checkReferenceTables();
        return found.isEmpty()
                ? List.of(List.of("cities", "(none)", "", ""))
                : found.stream()
                        .<List<?>>map(row -> List.of(row.table(), row.id(), row.node(), row.kind()))
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
