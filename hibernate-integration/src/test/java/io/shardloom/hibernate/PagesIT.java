package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.shardloom.failure.RefusedQueryException;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.hibernate.shop.Order;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.QueryTimeoutException;
import java.lang.ref.WeakReference;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;
import org.hibernate.ScrollableResults;
import org.hibernate.SessionFactory;
import org.hibernate.query.Page;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pages far on: the rows before them stay on their nodes. */
@WithCluster(nodes = 2)
class PagesIT {
    private static final int ROWS = 4000;
    private static final int TAGGED = 1200;

    static EmbeddedCluster cluster;
    static EntityManagerFactory emf;
    static int lastTotal;
    static Shardloom shop;
    static Statistics statistics;

    /** Every order has a total of its own; as text, those of n1 come first. */
    @BeforeAll
    static void open(EmbeddedCluster given) {
        cluster = given;
        emf = Units.shop(
                cluster,
                "hibernate.generate_statistics",
                "true",
                "hibernate.jdbc.batch_size",
                "50",
                "shardloom.health.interval",
                "60m"); // a JVM that only collects garbage takes its servers for hung
        shop = Shardloom.of(emf);
        statistics = emf.unwrap(SessionFactory.class).getStatistics();
        var totals = new ArrayList<Integer>();
        for (int i = 0; i < ROWS; i++) {
            totals.add(i);
        }
        var random = new Random(4); // what is guessed of a page depends on where the customers are
        Collections.shuffle(totals, random);
        lastTotal = totals.get(ROWS - 1);
        shop.inCluster(session -> {
            UUID customer = null;
            for (int i = 0; i < ROWS; i++) {
                if (i % 10 == 0) {
                    customer = new UUID(random.nextLong(), random.nextLong());
                    session.persist(new Customer(customer, "customer"));
                }
                var node = shop.explain(customer).location().node().name();
                var total = totals.get(i);
                var order = new Order(customer, node + "-%04d".formatted(total), BigDecimal.valueOf(total));
                if (total < TAGGED) {
                    order.tags.addAll(List.of("a", "b"));
                }
                session.persist(order);
            }
        });
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @BeforeEach
    void count() {
        statistics.clear();
    }

    @Test
    void leavesMostRowsBeforeAPageOnTheirNodes() {
        var page = shop.query("from Order order by total", Order.class)
                .setFirstResult(2000)
                .setMaxResults(20)
                .getResultList();

        assertThat(page).extracting(order -> order.total.intValue()).containsExactlyElementsOf(numbers(2000, 2020));
        assertThat(loadedOrders()).isBetween(20L, 700L);
    }

    @Test
    void findsEveryPageWhateverItsPlace() {
        var query = shop.query("select total from Order order by total desc", BigDecimal.class);

        query.setFirstResult(2000).setMaxResults(20).getResultList();
        assertThat(statistics.getPrepareStatementCount()).isEqualTo(2);
        for (int first : List.of(0, 1, 199, 200, 201, 999, 3500, 3980, 3990, 3999, 4000, 4001, 9000)) {
            assertThat(query.setFirstResult(first).setMaxResults(20).getResultList())
                    .as("page at %s", first)
                    .extracting(total -> ROWS - 1 - total.intValue())
                    .containsExactlyElementsOf(numbers(Math.min(first, ROWS), Math.min(first + 20, ROWS)));
        }
        try (var rows =
                query.setFirstResult(1500).setMaxResults(Integer.MAX_VALUE).getResultStream()) {
            assertThat(rows).hasSize(2500);
        }
    }

    @Test
    void asksForAllRowsBeforeAPageWhereTheyAreOnOneNode() {
        var query = shop.query("select status from Order order by status", String.class);
        var all = query.getResultList();
        for (int first : List.of(0, 400, 800, 1200, 1600, 2000, 2400, 2800, 3200, 3600)) {
            assertThat(query.setFirstResult(first).setMaxResults(400).getResultList())
                    .isEqualTo(all.subList(first, first + 400));
        }
        statistics.clear();

        query.setFirstResult(1000).setMaxResults(10).getResultList();

        assertThat(statistics.getPrepareStatementCount())
                .as("wrong guesses are not repeated")
                .isEqualTo(2);
    }

    @Test
    void leavesThemAllOnTheNodeThatIsAskedAlone() {
        var customer = shop.query("select customerId from Order order by total limit 1", UUID.class)
                .getSingleResult();
        statistics.clear();

        var page = shop.query("from Order where customerId = :id order by total", Order.class)
                .setParameter("id", customer)
                .setFirstResult(6)
                .setMaxResults(3);

        assertThat(page.getResultList()).hasSize(3);
        assertThat(loadedOrders()).isEqualTo(3);
        assertThat(page.setFirstResult(8).getResultList()).hasSize(2);
    }

    @Test
    void refusesAnOrderThatIgnoresCaseAndSaysHowToAskForIt() {
        var byStatus = Page.first(5)
                .keyedBy(List.of(
                        org.hibernate.query.Order.asc(Order.class, "status").ignoringCase(),
                        org.hibernate.query.Order.asc(Order.class, "id")));

        assertThatThrownBy(() -> shop.query("from Order", Order.class).getKeyedResultList(byStatus))
                .isInstanceOf(RefusedQueryException.class)
                .hasMessageContaining("ignoring case")
                .hasMessageContaining("sort by lower(…) of it");
    }

    @Test
    void scrollsForwardOnly() {
        ScrollableResults<BigDecimal> closed;
        try (var rows = shop.query("select total from Order order by total", BigDecimal.class)
                .setFetchSize(10)
                .scroll()) {
            assertThat(rows.getPosition()).isZero();
            assertThat(rows.next()).isTrue();
            assertThat(rows.get()).isZero();
            assertThat(rows.isFirst()).isTrue();
            assertThat(rows.scroll(24)).isTrue();
            assertThat(rows.get().intValue()).isEqualTo(24);
            assertThat(rows.getPosition()).isEqualTo(25);
            assertThat(rows.position(ROWS)).isTrue();
            assertThat(rows.isLast()).isTrue();
            assertThat(rows.next()).isFalse();
            assertThatThrownBy(rows::previous)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("forward only");
            closed = rows;
        }
        assertThatThrownBy(closed::next).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void freesTheServersWhenItIsClosedEarly() throws SQLException {
        var query = shop.query("select total from Order order by total", BigDecimal.class)
                .setFetchSize(5);
        try (var scrolled = query.scroll();
                var stream = query.getResultStream()) {
            assertThat(scrolled.next()).isTrue();
            assertThat(stream.iterator().next()).isZero();
            assertThat(busy()).isEqualTo(4);
        }

        assertThat(busy()).isZero();
        assertThat(shop.status()).allMatch(server -> server.active() == 0);
    }

    @Test
    void givesConnectionsBackAtTheEndOfAStreamThatNobodyCloses() throws SQLException {
        assertThat(shop.query("select id from Order", UUID.class).getResultStream())
                .hasSize(ROWS);

        assertThat(busy()).isZero();
    }

    @Test
    void doesNotHoldTheEntitiesOfAStream() {
        var seen = new ArrayList<WeakReference<Order>>();
        try (var rows = shop.query("from Order order by total", Order.class).getResultStream()) {
            var at = rows.iterator();
            for (int i = 0; i < 3000; i++) {
                seen.add(new WeakReference<>(at.next()));
            }
            Await.until("the first entities are gone", Duration.ofSeconds(60), () -> {
                System.gc();
                return seen.subList(0, 1000).stream().allMatch(order -> order.get() == null);
            });
            assertThat(at.next().total.intValue()).isEqualTo(3000);
        }
    }

    @Test
    void streamsEntitiesWithTheirFetchedCollections() {
        try (var rows = shop.query("select o from Order o join fetch o.tags order by o.total", Order.class)
                .getResultStream()) {
            assertThat(rows).hasSize(TAGGED).allMatch(order -> order.tags.size() == 2);
        }
    }

    @Test
    void endsInTimeWhateverBlockIsBeingSent() throws SQLException {
        for (var node : cluster.nodes()) {
            node.primary()
                    .execute(
                            "create function is_fast(order_total numeric) returns boolean language plpgsql as"
                                    + " 'begin if order_total = " + lastTotal + " then perform pg_sleep(600); end if;"
                                    + " return true; end'",
                            "create policy slow on orders using (is_fast(total))",
                            "alter table orders enable row level security",
                            "alter table orders force row level security");
        }
        try {
            var query = shop.query("select total from Order", BigDecimal.class).setFetchSize(20);
            var late = Pattern.compile("(?s)1 of 2 nodes failed: .* has not sent all its rows within PT\\d+S;"
                    + " its statement has been cancelled.*");

            var failure = Limits.longEnough(
                    limit -> catchThrowable(query.setTimeout(limit)::getResultList),
                    // the first block, and all those of the other node, come in time
                    thrown -> late.matcher(thrown.getMessage()).matches());

            assertThat(failure).isInstanceOf(QueryTimeoutException.class).hasMessageMatching(late.pattern());
            assertThat(busy()).isZero();
        } finally {
            for (var node : cluster.nodes()) {
                node.primary()
                        .execute(
                                "alter table orders disable row level security",
                                "drop policy slow on orders",
                                "drop function is_fast");
            }
        }
    }

    /** Returns how many sessions of the servers are in a statement or a transaction. */
    private static int busy() throws SQLException {
        int busy = 0;
        for (var node : cluster.nodes()) {
            busy += Integer.parseInt(node.primary()
                    .value(
                            "select count(*) from pg_stat_activity where datname = current_database() and state <> 'idle'"
                                    + " and pid <> pg_backend_pid() and query like '%from orders%'"));
        }
        return busy;
    }

    private static long loadedOrders() {
        return statistics.getEntityStatistics(Order.class.getName()).getLoadCount();
    }

    private static List<Integer> numbers(int from, int to) {
        var numbers = new ArrayList<Integer>();
        for (int i = from; i < to; i++) {
            numbers.add(i);
        }
        return numbers;
    }
}
