package io.shardloom.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** An address behind which one server takes the place of another, as after a mistake with a proxy, a DNS name or a restore. */
final class Junction implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicReference<String> fatal = new AtomicReference<>("");
    private volatile int port;

    Junction(int port) throws IOException {
        this.port = port;
        daemon(this::accept);
    }

    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + listener.getLocalPort() + "/" + database;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Leads to another server from now on, and cuts what is connected. */
    void leadTo(int other) throws IOException {
        port = other;
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** Cuts, once, the connection of the client that sends a text. */
    void cutOnceAt(String text) {
        fatal.set(text);
    }

    boolean hasCut() {
        return fatal.get().isEmpty();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            int target = port;
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(client);
            sockets.add(server);
            if (port != target) {
                client.close();
                server.close();
            }
            daemon(() -> relay(client.getInputStream(), server));
            daemon(() -> relay(server.getInputStream(), client));
        }
    }

    private void relay(InputStream in, Socket to) throws IOException {
        try (to) {
            byte[] buffer = new byte[8192];
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                String text = fatal.get();
                if (!text.isEmpty()
                        && new String(buffer, 0, read, StandardCharsets.ISO_8859_1).contains(text)
                        && fatal.compareAndSet(text, "")) {
                    in.close();
                    return;
                }
                to.getOutputStream().write(buffer, 0, read);
            }
        } finally {
            sockets.remove(to);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                return; // one side hung up
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        leadTo(0);
    }
}
