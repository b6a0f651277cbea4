package io.shardloom.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Hands out free TCP ports of the loopback address, none twice in one JVM.
 *
 * <p>They lie below the range operating systems take for outgoing connections, so that a stopped server finds its port
 * free when it starts again.
 */
final class Ports {

    private static final int FIRST = 18_000;
    private static final int END = 32_000;
    private static final int ATTEMPTS = 2_000;
    private static final Set<Integer> TAKEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    static int free() {
        for (int i = 0; i < ATTEMPTS; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(port) && TAKEN.add(port)) {
                return port;
            }
        }
        throw new EmbeddedClusterException("No free TCP port between " + FIRST + " and " + END + " on 127.0.0.1 after "
                + ATTEMPTS + " attempts. Is something holding thousands of them?");
    }

    static void release(int port) {
        TAKEN.remove(port);
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
