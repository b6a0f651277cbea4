package io.shardloom.benchmarks.micro;

import io.shardloom.id.ShardedUuids;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Ids made in the application. */
@State(Scope.Thread)
public class Ids {
    private long hash;

    /** The id of a row, which carries its key's hash. */
    @Benchmark
    public UUID shardedUuid() {
        return ShardedUuids.next(hash++);
    }

    /** The JDK's own random id, to compare. */
    @Benchmark
    public UUID randomUuid() {
        return UUID.randomUUID();
    }
}
