package io.shardloom.hibernate.differential;

import io.shardloom.hibernate.differential.Model.Client;
import io.shardloom.hibernate.differential.Model.Item;
import io.shardloom.hibernate.differential.Model.Land;
import io.shardloom.hibernate.differential.Model.Level;
import io.shardloom.hibernate.differential.Model.Measure;
import io.shardloom.hibernate.differential.Model.MeasureId;
import io.shardloom.hibernate.differential.Model.Purchase;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.LongFunction;
import org.hibernate.Session;

/** The rows of both sides, the same for the same seed. */
final class Data {
    static final int CLIENTS = 60;
    private static final List<String> REGIONS = List.of("north", "South", "east", "West", "Ünder", "østre", "");
    private static final List<String> STATUS = List.of("new", "paid", "sent", "back");
    private static final List<String> ARTICLES = List.of("pen", "Pencil", "ink", "paper", "𝄞 clef", "éclair", "Zebra");
    private static final List<Level> LEVELS = List.of(Level.LOW, Level.MIDDLE, Level.HIGH);
    private static final List<String> LANDS = List.of("br", "de", "fr", "jp", "no");

    private Data() {}

    static List<Land> lands() {
        var lands = new ArrayList<Land>();
        for (int i = 0; i < LANDS.size(); i++) {
            var land = new Land();
            land.code = LANDS.get(i);
            land.name = "Land " + LANDS.get(i);
            land.area = i == 2 ? null : (i * 37) % 5 * 100;
            lands.add(land);
        }
        return lands;
    }

    /** Persists a client and all that is his. */
    static void persist(Session session, long id, LongFunction<UUID> uuids) {
        var random = new Random(1000 + id);
        var client = client(id, random);
        client.land = random.nextInt(6) == 0
                ? null
                : session.getReference(Land.class, LANDS.get(random.nextInt(LANDS.size())));
        session.persist(client);
        int item = 0;
        int purchases = id % 11 == 0 ? 0 : random.nextInt(12);
        Purchase before = null;
        for (int n = 0; n < purchases; n++) {
            var purchase = purchase(id, n, random, uuids.apply(id * 100 + n));
            purchase.target = random.nextInt(4) == 0
                    ? null
                    : session.getReference(Land.class, LANDS.get(random.nextInt(LANDS.size())));
            purchase.before = n % 3 == 0 ? null : before;
            before = purchase;
            session.persist(purchase);
            for (int i = random.nextInt(4); i > 0; i--) {
                session.persist(item(purchase, item++, random));
            }
        }
        if (random.nextInt(3) == 0) {
            var lost = new Item();
            lost.clientId = id;
            lost.number = item;
            lost.article = "lost";
            lost.pieces = random.nextInt(5);
            session.persist(lost);
        }
    }

    private static Client client(long id, Random random) {
        var client = new Client();
        client.id = id;
        client.name = random.nextInt(8) == 0 ? null : "c" + random.nextInt(25);
        client.region = REGIONS.get(random.nextInt(REGIONS.size()));
        client.age = random.nextInt(7) == 0 ? null : random.nextInt(-5, 80);
        client.score = random.nextInt(6) == 0 ? null : random.nextInt(-40, 40) / 4.0;
        client.weight = random.nextInt(100) / 2f;
        client.grade = (short) random.nextInt(6);
        client.vip = random.nextBoolean();
        client.level = random.nextInt(5) == 0 ? null : LEVELS.get(random.nextInt(3));
        client.rank = LEVELS.get(random.nextInt(3));
        client.created = LocalDateTime.of(2024, 1, 1, 0, 0).plusMinutes(random.nextInt(500_000));
        client.seen = Instant.parse("2024-06-01T00:00:00Z").plusMillis(random.nextInt(1_000_000_000));
        client.token = new UUID(random.nextLong(), random.nextLong());
        client.credit =
                random.nextInt(5) == 0 ? null : new BigDecimal(random.nextInt(-500_000, 900_000)).movePointLeft(3);
        client.points = random.nextInt(5) == 0 ? null : random.nextLong(-10, 10) * 1_000_000_007L;
        return client;
    }

    private static Purchase purchase(long client, int number, Random random, UUID id) {
        var purchase = new Purchase();
        purchase.clientId = client;
        purchase.id = id;
        purchase.number = number;
        purchase.status = random.nextInt(10) == 0 ? null : STATUS.get(random.nextInt(STATUS.size()));
        purchase.total =
                random.nextInt(9) == 0 ? null : new BigDecimal(random.nextInt(-1000, 100_000)).movePointLeft(2);
        purchase.quantity = random.nextInt(9) == 0 ? null : random.nextInt(20);
        purchase.paid = random.nextInt(6) == 0 ? null : random.nextBoolean();
        purchase.day = LocalDate.of(2025, 1, 1).plusDays(random.nextInt(30));
        purchase.note = random.nextInt(2) == 0 ? null : "note " + random.nextInt(10);
        purchase.secret = "s" + random.nextInt(40);
        var tags = new ArrayList<>(List.of("a", "b", "c", "d"));
        Collections.shuffle(tags, random);
        purchase.tags.addAll(tags.subList(0, random.nextInt(3)));
        return purchase;
    }

    private static Item item(Purchase purchase, int number, Random random) {
        var item = new Item();
        item.clientId = purchase.clientId;
        item.number = number;
        item.purchaseId = purchase.id;
        item.article = ARTICLES.get(random.nextInt(ARTICLES.size()));
        item.price = random.nextInt(8) == 0 ? null : new BigDecimal(random.nextInt(100_000)).movePointLeft(3);
        item.pieces = random.nextInt(1, 9);
        return item;
    }

    static List<Measure> measures() {
        var random = new Random(7);
        var measures = new ArrayList<Measure>();
        for (int day = 0; day < 60; day++) {
            for (var station : List.of("Bern", "Oslo", "Århus")) {
                var measure = new Measure();
                measure.id = new MeasureId(station, LocalDate.of(2015, 12, 1).plusDays(day * 10L));
                measure.degrees = random.nextInt(9) == 0 ? null : random.nextInt(-60, 120) / 4.0;
                measure.wind = random.nextInt(9) == 0 ? null : random.nextInt(100);
                measures.add(measure);
            }
        }
        return measures;
    }
}
