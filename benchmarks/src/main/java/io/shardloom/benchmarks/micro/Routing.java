package io.shardloom.benchmarks.micro;

import io.shardloom.Sharding;
import io.shardloom.key.GroupKey;
import io.shardloom.key.KeyType;
import io.shardloom.topology.Node;
import java.util.SplittableRandom;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From a key to the node that holds it, two nodes and 32 shards, keys taken in turn from 1,024. */
@State(Scope.Thread)
public class Routing {
    private static final int KEYS = 1024;

    private final UUID[] values = new UUID[KEYS];
    private final GroupKey[] keys = new GroupKey[KEYS];
    private Sharding sharding;
    private int next;

    /** Makes the keys. */
    @Setup
    public void keys() {
        sharding = Clusters.without(KeyType.UUID);
        var random = new SplittableRandom(1);
        for (int i = 0; i < KEYS; i++) {
            values[i] = new UUID(random.nextLong(), random.nextLong());
            keys[i] = sharding.key(values[i]);
        }
    }

    /** The decision: a session's key to its node. */
    @Benchmark
    public Node nodeOf() {
        return sharding.nodeOf(keys[next++ & (KEYS - 1)]);
    }

    /** The same from the plain value, whose key is made first. */
    @Benchmark
    public Node keyAndNodeOf() {
        return sharding.nodeOf(sharding.key(values[next++ & (KEYS - 1)]));
    }
}
