package io.shardloom.hibernate.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Persistence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.PostCommitInsertEventListener;
import org.hibernate.event.spi.PostInsertEvent;
import org.hibernate.persister.entity.EntityPersister;
import org.junit.jupiter.api.Test;

/** Connections that break while a cluster session commits. */
@WithCluster(nodes = 2)
class ClusterLossIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** Passes a connection on, until the client is about to send a certain text once. */
    private static final class Cutter implements AutoCloseable {
        final AtomicReference<String> text = new AtomicReference<>("");
        private final ServerSocket listener;

        Cutter(int port) throws IOException {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            start(() -> {
                while (true) {
                    var client = listener.accept();
                    var server = new Socket(InetAddress.getLoopbackAddress(), port);
                    start(() -> relay(client, server, true));
                    start(() -> relay(server, client, false));
                }
            });
        }

        private interface Work {
            void run() throws IOException;
        }

        private static void start(Work work) {
            var thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException closed) {
                    return; // one side hung up
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        private void relay(Socket from, Socket to, boolean watched) throws IOException {
            try (from;
                    to) {
                var buffer = new byte[1 << 16];
                for (int n = from.getInputStream().read(buffer);
                        n >= 0;
                        n = from.getInputStream().read(buffer)) {
                    var wanted = text.get();
                    if (watched
                            && !wanted.isEmpty()
                            && new String(buffer, 0, n, ISO_8859_1).contains(wanted)
                            && text.compareAndSet(wanted, "")) {
                        return;
                    }
                    to.getOutputStream().write(buffer, 0, n);
                }
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    @Test
    void aNodeThatCannotBeToldIsNoErrorAndIsToldInTheBackground(EmbeddedCluster cluster)
            throws IOException, SQLException {
        try (var cutter = new Cutter(cluster.node("n1").primary().port())) {
            var properties = new HashMap<String, Object>(cluster.shardloomProperties());
            properties.put(
                    "shardloom.node.n1.primary",
                    "jdbc:postgresql://127.0.0.1:" + cutter.listener.getLocalPort() + "/" + cluster.database()
                            + "?sslmode=disable");
            properties.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
            try (var emf = Persistence.createEntityManagerFactory("shop-on-one-node", properties)) {
                var told = listen(emf.unwrap(SessionFactoryImplementor.class));
                var shop = Shardloom.of(emf);
                var first = keyOn(shop, "n1");
                var second = keyOn(shop, "n2");
                cutter.text.set("commit prepared");

                shop.inCluster(session -> {
                    session.persist(new Customer(first, "Ann"));
                    session.persist(new Customer(second, "Bob"));
                });

                assertThat(cutter.text.get()).as("the connection was cut").isEmpty();
                assertThat(told).containsExactly("committed Bob", "committed Ann");
                Await.until("the part of n1 is committed", DEADLINE, () -> cluster.node("n1")
                        .primary()
                        .value("select count(*) from customer")
                        .equals("1"));
                Await.until("nothing is in doubt", DEADLINE, () -> shop.transactionsInDoubt()
                        .inDoubt()
                        .isEmpty());
            }
        }
    }

    private static UUID keyOn(Shardloom shop, String node) {
        return Stream.generate(shop::newUuid)
                .filter(id -> shop.explain(id).location().node().name().equals(node))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> listen(SessionFactoryImplementor factory) {
        var told = new ArrayList<String>();
        factory.getEventListenerRegistry()
                .appendListeners(EventType.POST_COMMIT_INSERT, new PostCommitInsertEventListener() {
                    @Override
                    public void onPostInsert(PostInsertEvent event) {
                        told.add("committed " + ((Customer) event.getEntity()).name);
                    }

                    @Override
                    public void onPostInsertCommitFailed(PostInsertEvent event) {
                        told.add("failed " + ((Customer) event.getEntity()).name);
                    }

                    @Override
                    public boolean requiresPostCommitHandling(EntityPersister persister) {
                        return true;
                    }
                });
        return told;
    }
}
