package io.shardloom.id;

import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.function.LongSupplier;

/**
 * Random numbers from a secure generator of its own, fetched many at a time, because each fetch costs far more than the
 * numbers do. One thread at a time.
 */
final class RandomSupply implements LongSupplier {

    private static final int LONGS = 96;

    private final SecureRandom random = random();
    private final ByteBuffer fetched = ByteBuffer.allocate(LONGS * Long.BYTES).limit(0);

    /** Hash_DRBG of NIST SP 800-90A, which each JDK has; its generators share no lock. */
    private static SecureRandom random() {
        try {
            return SecureRandom.getInstance("DRBG");
        } catch (NoSuchAlgorithmException notASunProvider) {
            return new SecureRandom();
        }
    }

    @Override
    public long getAsLong() {
        if (!fetched.hasRemaining()) {
            random.nextBytes(fetched.array());
            fetched.clear();
        }
        return fetched.getLong();
    }
}
