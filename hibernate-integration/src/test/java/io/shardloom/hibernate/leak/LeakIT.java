package io.shardloom.hibernate.leak;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.hibernate.leak.Step.Answer;
import io.shardloom.hibernate.rls.Web;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.Test;

/**
 * Random operations of 50 keys, which all use the same ids and words, by concurrent sessions on two nodes: each answer is
 * what a model of that key alone says, and the same as from plain Hibernate on a schema of the key's own.
 *
 * <p>{@code -Dleak.operations=1000000} does more of them, {@code -Dleak.seed=$RANDOM} others. Their names do not start
 * with the product's, which would take them for settings of its own.
 */
@WithCluster(nodes = 2)
class LeakIT {
    private static final int KEYS = 50;
    private static final int THREADS = 4;
    private static final int TURN = 20;
    private static final boolean ROW_SECURITY = Boolean.getBoolean("leak.rls");
    private static final int OPERATIONS = Integer.getInteger("leak.operations", 10_000);
    private static final int PLAIN_OPERATIONS =
            Math.min(OPERATIONS, Integer.getInteger("leak.plain-operations", OPERATIONS / 4));
    private static final long SEED = Long.getLong("leak.seed", 42);
    private static final Map<String, Function<Step, Answer>> ALL = operations();
    private static final List<String> NAMES = List.copyOf(ALL.keySet());
    private static final List<Class<?>> ENTITIES = List.of(
            Account.class,
            Purchase.class,
            Line.class,
            Note.class,
            Paper.class,
            Paper.Invoice.class,
            Paper.Letter.class,
            Shape.class,
            Shape.Circle.class,
            Shape.Square.class);

    static EmbeddedCluster cluster;

    private static Map<String, Function<Step, Answer>> operations() {
        var all = new LinkedHashMap<String, Function<Step, Answer>>();
        Reads.addTo(all);
        Writes.addTo(all);
        Bulk.addTo(all);
        Attacks.addTo(all);
        return all;
    }

    @Test
    void noKeySeesOrChangesARowOfAnother() throws Exception {
        var models = models();
        try (var store =
                new Store.Sharded(unit(ROW_SECURITY ? Web.properties(cluster) : cluster.shardloomProperties()))) {
            work(store, models, OPERATIONS);

            var shards = new TreeSet<String>();
            var expected = new TreeMap<String, List<String>>();
            for (var model : models) {
                var location = store.shardloom().explain(model.key).location();
                shards.add(location.shard().name());
                expected.computeIfAbsent(location.node().name(), node -> new ArrayList<>())
                        .addAll(rows(model));
            }
            assertThat(shards).as("shards of %d keys, seed %d", KEYS, SEED).hasSizeBetween(5, 8);
            for (var node : cluster.nodes()) {
                assertThat(stored(node.name()))
                        .as("rows of %s, seed %d", node.name(), SEED)
                        .isEqualTo(expected.get(node.name()).stream().sorted().toList());
            }
        }
        comparesWithPlainHibernate(models);
    }

    /** What a key does follows from the seed alone, so plain Hibernate is asked the same and must answer the same. */
    private static void comparesWithPlainHibernate(List<Model> sharded) throws Exception {
        var models = models();
        var keys = models.stream().map(model -> model.key).toList();
        try (var store = Schemas.open(cluster.node("n1").primary(), ENTITIES, keys)) {
            work(store, models, PLAIN_OPERATIONS);
        }
        for (int i = 0; i < KEYS; i++) {
            var plain = models.get(i);
            assertThat(plain.answers).isNotEmpty();
            assertThat(sharded.get(i).answers)
                    .as("answers to key %s, sharded and plain, seed %d", plain.key, SEED)
                    .startsWith(plain.answers.toArray(Integer[]::new));
        }
    }

    private static EntityManagerFactory unit(Map<String, ?> properties) {
        var unit = new HibernatePersistenceConfiguration("leak");
        unit.managedClasses(ENTITIES);
        unit.properties(properties);
        unit.property("shardloom.shards", "8");
        unit.property("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        return unit.createEntityManagerFactory();
    }

    private static List<Model> models() {
        var random = new Random(SEED);
        var models = new ArrayList<Model>();
        for (int i = 0; i < KEYS; i++) {
            models.add(new Model(new UUID(random.nextLong(), random.nextLong()), random.nextLong()));
        }
        return models;
    }

    /** Does all operations: a key is one thread's at a time, and what it does follows from its seed alone. */
    private static void work(Store store, List<Model> models, int operations) throws Exception {
        long start = System.nanoTime();
        int perKey = (operations + KEYS - 1) / KEYS;
        for (var model : models) {
            model.name = "new";
            model.motto = "none";
            store.write(model.key, 0, session -> {
                session.persist(new Account(model.key, model.name, model.motto));
                return 0;
            });
        }
        var waiting = new ConcurrentLinkedQueue<>(models);
        var failed = new AtomicBoolean();
        Callable<Void> worker = () -> {
            for (var model = waiting.poll(); model != null && !failed.get(); model = waiting.poll()) {
                try {
                    turn(store, models, model, perKey);
                } catch (Throwable failure) {
                    failed.set(true);
                    throw failure;
                }
                if (model.answers.size() < perKey) {
                    waiting.add(model);
                }
            }
            return null;
        };
        var threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (var result : threads.invokeAll(Collections.nCopies(THREADS, worker))) {
                result.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        } finally {
            threads.shutdownNow();
        }
        System.out.printf(
                "%s: %d operations of %d kinds, %d keys, %d threads, seed %d: %.1f s%n",
                store.getClass().getSimpleName(),
                models.stream().mapToInt(model -> model.answers.size()).sum(),
                ALL.size(),
                models.size(),
                THREADS,
                SEED,
                (System.nanoTime() - start) / 1e9);
    }

    private static void turn(Store store, List<Model> models, Model model, int perKey) {
        for (int i = 0; i < TURN && model.answers.size() < perKey; i++) {
            UUID other;
            do {
                other = models.get(model.random.nextInt(KEYS)).key;
            } while (other.equals(model.key));
            var step = new Step(store, model, other);
            Answer answer = null;
            String name = "none";
            try {
                while (answer == null) {
                    name = step.choose(NAMES);
                    answer = ALL.get(name).apply(step);
                }
                check(model, name, answer);
                if (model.random.nextInt(32) == 0) {
                    var all = store.read(model.key, 3, Texts::everything);
                    check(model, "everything after " + name, Answer.of(model.everything(), all));
                }
            } catch (RuntimeException e) {
                throw new AssertionError(where(model, name) + ": " + e, e);
            }
            model.answers.add(answer.actual().hashCode());
        }
    }

    private static String where(Model model, String name) {
        return "seed " + SEED + ", operation " + model.answers.size() + " (" + name + ") of key " + model.key;
    }

    private static void check(Model model, String name, Answer answer) {
        if (!answer.expected().equals(answer.actual())) {
            throw new AssertionError(
                    where(model, name) + "\nexpected: " + answer.expected() + "\n but was: " + answer.actual());
        }
    }

    /** Returns a key's rows as {@link #stored} writes them. */
    private static List<String> rows(Model model) {
        var rows = new ArrayList<String>();
        rows.add("account " + model.account());
        model.purchases.forEach((id, purchase) -> {
            rows.add("purchase " + model.brief(id));
            purchase.tags.forEach(tag -> rows.add("tag " + model.key + " " + id + " " + tag));
        });
        model.lines.keySet().forEach(number -> rows.add("line " + model.line(number)));
        model.notes.keySet().forEach(id -> rows.add("note " + model.note(id)));
        model.papers.keySet().forEach(number -> rows.add(model.thing(model.papers, number)));
        model.shapes.keySet().forEach(number -> rows.add(model.thing(model.shapes, number)));
        return rows;
    }

    /** Reads the whole content of a node, without Hibernate. */
    private static List<String> stored(String node) throws SQLException {
        var sql = "select concat_ws(' ', 'account', a.id, name, motto) from account a"
                + " full join account_detail d on d.id = a.id"
                + " union all select concat_ws(' ', 'purchase', accountid, id, state, total) from purchase"
                + " union all select concat_ws(' ', 'tag', purchase_accountid, purchase_id, tags) from purchase_tags"
                + " union all select concat_ws(' ', 'line', accountid, number, purchaseid, article) from line"
                + " union all select concat_ws(' ', 'note', accountid, id, title, text) from note"
                + " union all select concat_ws(' ', p.accountid, p.number, case when i.number is null then 'Letter'"
                + " else 'Invoice' end, title, coalesce(amount, weight)) from paper p"
                + " full join invoice i on i.accountid = p.accountid and i.number = p.number"
                + " full join letter l on l.accountid = p.accountid and l.number = p.number"
                + " union all select concat_ws(' ', accountid, number, 'Circle', title, amount) from circle"
                + " union all select concat_ws(' ', accountid, number, 'Square', title, weight) from square";
        var rows = new ArrayList<String>();
        try (var connection = cluster.node(node).primary().connect();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        Collections.sort(rows);
        return rows;
    }
}
