package io.shardloom.hibernate.internal.connection;

import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ReadToken;
import io.shardloom.server.NodePools;
import io.shardloom.topology.Node;
import java.sql.Connection;
import org.hibernate.SessionEventListener;
import org.jspecify.annotations.Nullable;

/**
 * What one read-only session says of its reads. Hibernate asks for a connection with the key alone, so this is kept on the
 * thread from just before it asks until just after.
 */
public final class Reading implements SessionEventListener {
    private static final long serialVersionUID = 1L;

    private static final ThreadLocal<@Nullable Reading> ASKING = new ThreadLocal<>();

    private final transient @Nullable ReadTarget target;
    private final transient @Nullable ReadToken token;

    /**
     * Creates what a session's listeners are to hold.
     *
     * @param target which servers may take the reads, null for those of the configuration
     * @param token what the reads must see, null for nothing in particular
     */
    public Reading(@Nullable ReadTarget target, @Nullable ReadToken token) {
        this.target = target;
        this.token = token;
    }

    @Override
    public void jdbcConnectionAcquisitionStart() {
        ASKING.set(this);
    }

    @Override
    public void jdbcConnectionAcquisitionEnd() {
        ASKING.remove();
    }

    /** Takes a read-only connection, as the session that asks for one has said. */
    static Connection connection(NodePools pools, Node node) {
        var reading = ASKING.get();
        return reading == null ? pools.connection(node, true) : reading.from(pools, node);
    }

    private Connection from(NodePools pools, Node node) {
        if (token == null) {
            return target == null ? pools.connection(node, true) : pools.connection(node, target);
        }
        return target == null ? pools.connection(node, token) : pools.connection(node, target, token);
    }
}
