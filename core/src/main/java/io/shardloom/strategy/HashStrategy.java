package io.shardloom.strategy;

import io.shardloom.key.KeyType;
import io.shardloom.strategy.PartitionBound.HashBound;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Hash partitioning exactly as in PostgreSQL: its extended hash, read as unsigned, modulo each shard's own modulus.
 * Immutable.
 */
public final class HashStrategy implements ShardingStrategy {

    /** Above this the table of remainders would cost more than it is worth; PostgreSQL has no such limit. */
    static final int MAX_MODULUS = 1 << 16;

    private static final long EPOCH_DAY_2000 = 10_957;
    private static final long EPOCH_SECOND_2000 = 946_684_800;
    private static final long MICROS = 1_000_000;
    private static final long MICROS_PER_DAY = 86_400 * MICROS;

    private final KeyType keyType;
    private final int modulus;
    private final int mask;
    private final int[] shardOfRemainder;

    HashStrategy(KeyType keyType, List<? extends PartitionBound> bounds) {
        this.keyType = keyType;
        this.modulus = largestModulus(bounds);
        this.mask = Integer.bitCount(modulus) == 1 ? modulus - 1 : -1;
        this.shardOfRemainder = new int[modulus];
        for (int shard = 0; shard < bounds.size(); shard++) {
            HashBound bound = (HashBound) bounds.get(shard);
            for (int r = bound.remainder(); r < modulus; r += bound.modulus()) {
                shardOfRemainder[r] = shard;
            }
        }
    }

    @Override
    public StrategyKind kind() {
        return StrategyKind.HASH;
    }

    @Override
    public KeyType keyType() {
        return keyType;
    }

    /**
     * Returns the largest modulus of the bounds.
     *
     * @return 1 or more
     */
    public int modulus() {
        return modulus;
    }

    @Override
    public int indexFor(Object canonicalKey) {
        return indexForHash(hash(canonicalKey));
    }

    /**
     * Returns which bound takes the keys of this hash; the low bits of a hash are enough where all moduli are powers
     * of two.
     *
     * @param rowHash a hash as {@link #hash(Object)} gives it
     * @return the index of the bound
     */
    public int indexForHash(long rowHash) {
        return shardOfRemainder[mask >= 0 ? (int) rowHash & mask : (int) Long.remainderUnsigned(rowHash, modulus)];
    }

    /**
     * Returns the 64 bits that PostgreSQL takes, as an unsigned number, modulo the partition's modulus.
     *
     * @param canonicalKey a value in the form of {@link KeyType#canonical(Object)}
     * @return the hash of a row whose partition key is this value
     * @throws ClassCastException if the value is not of this strategy's key type
     */
    public long hash(Object canonicalKey) {
        return PostgresHash.rowHash(
                switch (keyType) {
                    case UUID -> PostgresHash.uuid((UUID) canonicalKey);
                    case INT8 -> PostgresHash.int8((Long) canonicalKey);
                    case INT4 -> PostgresHash.int4((Integer) canonicalKey);
                    case INT2 -> PostgresHash.int4((Short) canonicalKey);
                    case TEXT -> PostgresHash.text((String) canonicalKey);
                    case DATE -> PostgresHash.int4((int) (((LocalDate) canonicalKey).toEpochDay() - EPOCH_DAY_2000));
                    case TIMESTAMP -> {
                        LocalDateTime time = (LocalDateTime) canonicalKey;
                        yield PostgresHash.int8((time.toLocalDate().toEpochDay() - EPOCH_DAY_2000) * MICROS_PER_DAY
                                + time.toLocalTime().toNanoOfDay() / 1000);
                    }
                    case TIMESTAMPTZ -> {
                        Instant time = (Instant) canonicalKey;
                        yield PostgresHash.int8(
                                (time.getEpochSecond() - EPOCH_SECOND_2000) * MICROS + time.getNano() / 1000);
                    }
                });
    }

    @Override
    public OptionalLong hashOf(Object canonicalKey) {
        return OptionalLong.of(hash(canonicalKey));
    }

    private static int largestModulus(List<? extends PartitionBound> bounds) {
        return bounds.stream()
                .mapToInt(bound -> ((HashBound) bound).modulus())
                .max()
                .orElseThrow();
    }

    /** PostgreSQL's own rules (moduli, overlap), and ours: every remainder has a shard. */
    static void check(List<String> shards, List<? extends PartitionBound> bounds, List<BoundFault> faults) {
        List<Integer> moduli = bounds.stream()
                .map(bound -> ((HashBound) bound).modulus())
                .distinct()
                .sorted()
                .toList();
        int largest = moduli.get(moduli.size() - 1);
        if (largest > MAX_MODULUS) {
            faults.add(
                    new BoundFault(null, "MODULUS " + largest + " is above " + MAX_MODULUS + ". Use a smaller one."));
            return;
        }
        for (int i = 1; i < moduli.size(); i++) {
            if (moduli.get(i) % moduli.get(i - 1) != 0) {
                faults.add(new BoundFault(
                        null,
                        "modulus " + moduli.get(i - 1) + " is not a factor of " + moduli.get(i)
                                + ", the next larger one. Use moduli that divide each other, such as 32 and 64."));
            }
        }
        if (faults.isEmpty()) {
            checkCover(shards, bounds, largest, faults);
        }
    }

    private static void checkCover(
            List<String> shards, List<? extends PartitionBound> bounds, int largest, List<BoundFault> faults) {
        int[] owner = new int[largest];
        Arrays.fill(owner, -1);
        for (int shard = 0; shard < shards.size(); shard++) {
            HashBound bound = (HashBound) bounds.get(shard);
            boolean reported = false;
            for (int r = bound.remainder(); r < largest; r += bound.modulus()) {
                if (owner[r] >= 0 && !reported) {
                    reported = true;
                    faults.add(new BoundFault(
                            shards.get(shard),
                            bound + " overlaps shard " + shards.get(owner[r]) + " (" + bounds.get(owner[r])
                                    + "): both take remainder " + r + " of modulus " + largest
                                    + ". Give each remainder to one shard."));
                }
                owner[r] = shard;
            }
        }
        List<Integer> missing = new ArrayList<>();
        for (int r = 0; r < largest; r++) {
            if (owner[r] < 0) {
                missing.add(r);
            }
        }
        if (!missing.isEmpty()) {
            String shown = missing.size() <= 20
                    ? missing.toString()
                    : missing.subList(0, 20).toString().replace("]", ", ... " + missing.size() + " in all]");
            faults.add(new BoundFault(
                    null,
                    "no shard takes these remainders of modulus " + largest + ": " + shown
                            + ". A hash group has no DEFAULT, so add shards for them."));
        }
    }
}
