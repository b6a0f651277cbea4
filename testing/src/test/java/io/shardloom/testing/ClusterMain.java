package io.shardloom.testing;

import java.util.concurrent.CountDownLatch;

/** The program of the JVMs that tests let die: starts servers, prints their directory, and stays. */
final class ClusterMain {

    private ClusterMain() {}

    public static void main(String[] arguments) throws Exception {
        var cluster = EmbeddedCluster.builder().node("n1", 1).start();
        var primary = cluster.node("n1").primary();
        var open = primary.connect();
        EmbeddedServer.run(open, "create table t (id int)");
        if (arguments[0].equals("pause")) {
            cluster.node("n1").replica(0).pause();
        }
        System.out.println("directory " + primary.log().resolve("../..").normalize());
        System.out.println("ready");
        if (!arguments[0].equals("exit")) {
            new CountDownLatch(1).await();
        }
    }
}
