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
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between a client and a PostgreSQL server and counts round trips: how often the client speaks after the server
 * has spoken. Statements sent together, such as BEGIN and the first query, are one.
 */
public final class WireCounter implements AutoCloseable {
    private final ServerSocket listener;
    private final int serverPort;
    private final AtomicLong roundTrips = new AtomicLong();
    private final List<Socket> sockets = Collections.synchronizedList(new ArrayList<>());

    public WireCounter(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Returns the round trips since the last call. */
    public long takeRoundTrips() {
        return roundTrips.getAndSet(0);
    }

    private void accept() throws IOException {
        while (true) {
            var client = listener.accept();
            var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(server);
            var serverSpokeLast = new AtomicBoolean(true);
            daemon(() -> relay(client.getInputStream(), server, () -> {
                if (serverSpokeLast.getAndSet(false)) {
                    roundTrips.incrementAndGet();
                }
            }));
            daemon(() -> relay(server.getInputStream(), client, () -> serverSpokeLast.set(true)));
        }
    }

    private static void relay(InputStream in, Socket to, Runnable spoken) throws IOException {
        try (to) {
            var buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                spoken.run();
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
