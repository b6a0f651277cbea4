package io.shardloom.benchmarks.micro;

import io.shardloom.key.KeyType;
import io.shardloom.strategy.HashStrategy;
import java.util.SplittableRandom;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** PostgreSQL's hash of one key, keys taken in turn from 1,024. */
@State(Scope.Thread)
public class Hashes {
    private static final int KEYS = 1024;

    private final UUID[] uuids = new UUID[KEYS];
    private final Long[] numbers = new Long[KEYS];
    private final String[] texts = new String[KEYS];
    private HashStrategy ofUuid;
    private HashStrategy ofNumber;
    private HashStrategy ofText;
    private int next;

    /** Makes the keys. */
    @Setup
    public void keys() {
        var random = new SplittableRandom(1);
        for (int i = 0; i < KEYS; i++) {
            uuids[i] = new UUID(random.nextLong(), random.nextLong());
            numbers[i] = random.nextLong();
            texts[i] = String.format("key-%011d", random.nextInt(1_000_000_000));
        }
        ofUuid = strategy(KeyType.UUID);
        ofNumber = strategy(KeyType.INT8);
        ofText = strategy(KeyType.TEXT);
    }

    private static HashStrategy strategy(KeyType type) {
        return (HashStrategy) Clusters.without(type).group("default").strategy();
    }

    /** A uuid. */
    @Benchmark
    public long uuid() {
        return ofUuid.hash(uuids[next++ & (KEYS - 1)]);
    }

    /** A bigint. */
    @Benchmark
    public long bigint() {
        return ofNumber.hash(numbers[next++ & (KEYS - 1)]);
    }

    /** A text of 15 ASCII characters. */
    @Benchmark
    public long text() {
        return ofText.hash(texts[next++ & (KEYS - 1)]);
    }
}
