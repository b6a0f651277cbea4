package io.shardloom.hibernate.wire;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between a client and a PostgreSQL server. It counts round trips, which is how often the client speaks after the
 * server has spoken (statements sent together, such as BEGIN and the first query, are one), and the bytes the client
 * sends, and notes the statements. A client that hangs up is not counted: nobody waits for that, so it comes at any time.
 */
public final class WireCounter implements AutoCloseable {
    private final ServerSocket listener;
    private final int serverPort;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile int counted = Integer.MAX_VALUE;
    private final AtomicLong roundTrips = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong blocks = new AtomicLong();
    private final List<String> statements = Collections.synchronizedList(new ArrayList<>());
    private volatile Runnable beforeClient = () -> {};
    private final List<Socket> sockets = Collections.synchronizedList(new ArrayList<>());

    public WireCounter(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /**
     * Counts from now on what is said over the connections that are there, and nothing over those that come: what looks for
     * deadlocks has connections of its own, and looks when a unit of work over several nodes lasts for a second.
     */
    public void countNoMoreConnections() {
        counted = connections.get();
    }

    /** Returns the round trips since the last call. */
    public long takeRoundTrips() {
        return roundTrips.getAndSet(0);
    }

    /** Returns how many bytes clients have sent since the last call. */
    public long takeBytes() {
        return bytes.getAndSet(0);
    }

    /** Returns how often clients have asked for a block of rows, with a cursor, and not for all of them, since the last call. */
    public long takeBlocks() {
        return blocks.getAndSet(0);
    }

    /**
     * Lets something happen each time before what a client says, and what is counted, is passed on.
     *
     * @param action what
     */
    public void beforeClient(Runnable action) {
        beforeClient = action;
    }

    /** Returns the statements clients have had executed since the last call, but for those that begin or end transactions. */
    public List<String> takeStatements() {
        synchronized (statements) {
            var taken = List.copyOf(statements);
            statements.clear();
            return taken;
        }
    }

    private void accept() throws IOException {
        while (true) {
            var client = listener.accept();
            var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(server);
            int number = connections.incrementAndGet();
            var serverSpokeLast = new AtomicBoolean(true);
            var messages = new ClientMessages(statements::add, blocks::incrementAndGet);
            daemon(() -> relay(client.getInputStream(), server, (buffer, length) -> {
                if (isEnd(buffer, length) || number > counted) {
                    return;
                }
                if (serverSpokeLast.getAndSet(false)) {
                    roundTrips.incrementAndGet();
                }
                bytes.addAndGet(length);
                beforeClient.run();
                messages.read(buffer, length);
            }));
            daemon(() -> relay(server.getInputStream(), client, (buffer, length) -> serverSpokeLast.set(true)));
        }
    }

    /** Tells whether this is the message Terminate alone. */
    private static boolean isEnd(byte[] buffer, int length) {
        return length == 5 && buffer[0] == 'X';
    }

    private interface Spoken {
        void of(byte[] buffer, int length);
    }

    private static void relay(InputStream in, Socket to, Spoken spoken) throws IOException {
        try (to) {
            var buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                spoken.of(buffer, n);
                to.getOutputStream().write(buffer, 0, n);
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        var thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                return; // one side hung up, so the relay is over
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var socket : List.copyOf(sockets)) {
            socket.close();
        }
    }
}
