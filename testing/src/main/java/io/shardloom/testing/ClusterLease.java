package io.shardloom.testing;

/** One test class's use of a cluster, from its first callback to its last. */
final class ClusterLease {

    private final ClusterShape shape;
    private final SharedCluster shared;
    private final boolean closeAfterwards;
    private boolean holdsTurn;
    private boolean isFresh;

    ClusterLease(ClusterShape shape, SharedCluster shared, boolean closeAfterwards) {
        this.shape = shape;
        this.shared = shared;
        this.closeAfterwards = closeAfterwards;
    }

    ClusterShape shape() {
        return shape;
    }

    EmbeddedCluster cluster() {
        return shared.cluster();
    }

    void begin() {
        shared.takeTurn();
        holdsTurn = true;
        shared.refresh();
        isFresh = true;
    }

    /** Before a test: the first one finds the databases fresh, unless a life-cycle method of the class has used them. */
    void refresh() {
        if (!isFresh) {
            shared.refresh();
        }
        isFresh = false;
    }

    /** Fails if tests have left something behind, after clearing it away. */
    void check() {
        if (shared.hasStarted()) {
            Leftovers.check(shared.cluster());
        }
    }

    void end() {
        if (!holdsTurn) {
            return;
        }
        try {
            check();
        } finally {
            if (closeAfterwards) {
                shared.close();
            }
            shared.endTurn();
        }
    }
}
