package io.shardloom.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** An address behind which one server takes the place of another, as after a mistake with a proxy, a DNS name or a restore. */
final class Junction implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicReference<String> fatal = new AtomicReference<>("");
    private final Set<Socket> held = ConcurrentHashMap.newKeySet();
    private volatile String holds = "";
    private volatile CountDownLatch gate = new CountDownLatch(0);
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

    /** Leads to another server from now on, and cuts what is connected by then, and nothing else. */
    void leadTo(int other) throws IOException {
        List<Socket> before;
        synchronized (sockets) {
            port = other;
            before = List.copyOf(sockets);
        }
        for (Socket socket : before) {
            socket.close();
        }
    }

    /** Leads new connections to another server from now on. */
    void leadNewTo(int other) {
        synchronized (sockets) {
            port = other;
        }
    }

    /** Leads to another server from now on, and cuts what is connected but for the clients that are held. */
    void leadToKeepingHeld(int other) throws IOException {
        synchronized (sockets) {
            sockets.removeAll(held);
        }
        leadTo(other);
    }

    /** Holds clients that send a text from now on, before it is sent on, until they are let go. */
    void hold(String text) {
        gate = new CountDownLatch(1);
        holds = text;
    }

    boolean holdsSome() {
        return !held.isEmpty();
    }

    void letGo() {
        holds = "";
        gate.countDown();
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
            synchronized (sockets) {
                if (port != target) {
                    client.close();
                    server.close();
                    continue;
                }
                sockets.add(client);
                sockets.add(server);
            }
            daemon(() -> relay(client, server));
            daemon(() -> relay(server, client));
        }
    }

    private void relay(Socket from, Socket to) throws IOException, InterruptedException {
        InputStream in = from.getInputStream();
        try (to) {
            byte[] buffer = new byte[8192];
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                String text = fatal.get();
                if (!text.isEmpty() && text(buffer, read).contains(text) && fatal.compareAndSet(text, "")) {
                    in.close();
                    return;
                }
                if (!holds.isEmpty() && text(buffer, read).contains(holds)) {
                    held.addAll(List.of(from, to));
                    gate.await();
                }
                to.getOutputStream().write(buffer, 0, read);
            }
        } finally {
            sockets.remove(to);
        }
    }

    private static String text(byte[] buffer, int length) {
        return new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException closed) {
                return; // one side hung up
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        letGo();
        leadTo(0);
    }
}
