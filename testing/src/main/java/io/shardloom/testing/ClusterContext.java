package io.shardloom.testing;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What all servers of one cluster share: the programs, the way to start them, the place for their files. */
record ClusterContext(
        ClusterConfig config, Path home, Launcher launcher, Workspace workspace, Queue<EmbeddedServer> servers) {

    static ClusterContext open(ClusterConfig config) {
        return new ClusterContext(
                config,
                Binaries.home(),
                Launcher.choose(),
                Workspace.open(config.fsync()),
                new ConcurrentLinkedQueue<>());
    }

    String postgres(String program) {
        return home.resolve("bin").resolve(program).toString();
    }

    void tell(String progress) {
        config.progress().accept(progress);
    }

    /** Ends every server that has ever been started here, also those of a cluster that was never finished. */
    void close() {
        try {
            ServerProcess.endAll(servers.stream()
                    .map(EmbeddedServer::process)
                    .filter(Objects::nonNull)
                    .toList());
        } finally {
            workspace.close();
            servers.forEach(server -> Ports.release(server.port()));
        }
    }
}
