package io.shardloom.atomic;

import io.shardloom.failure.RolledBackException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The program of the JVMs that are killed: commits one transaction, then another one in which it stops for good before
 * the statement of the given number. Says what it was told, and when it has stopped.
 */
final class CrashMain {

    private CrashMain() {}

    /** Arguments: the transaction's number, the statement's number from 0, then properties as name=value. */
    public static void main(String[] arguments) throws Exception {
        int number = Integer.parseInt(arguments[0]);
        Map<String, String> properties = new HashMap<>();
        for (String argument : List.of(arguments).subList(2, arguments.length)) {
            int equals = argument.indexOf('=');
            properties.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        Cluster cluster = Cluster.of(properties);
        try (AtomicCommit commits = cluster.commits()) {
            List<Participant> first = cluster.write(number, Cluster.NOBODY);
            commits.commit(first);
            say("committed " + number);
            int[] left = {Integer.parseInt(arguments[1])};
            List<Participant> second = cluster.write(number + 1, new Tap.Listener() {
                @Override
                public void before(String node, String sql) {
                    if (left[0]-- == 0) {
                        stop(node + " " + sql);
                    }
                }
            });
            try {
                commits.commit(second);
                say("committed " + (number + 1));
            } catch (RolledBackException e) {
                say("rolled back " + (number + 1));
            }
            stop("the end");
            Cluster.close(first);
            Cluster.close(second);
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }

    private static void stop(String before) {
        say("stopped before " + before);
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
