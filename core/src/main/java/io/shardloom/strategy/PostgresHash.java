package io.shardloom.strategy;

import java.util.UUID;

/**
 * PostgreSQL's extended hash functions with the seed of hash partitioning, bit for bit.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/REL_18_STABLE/src/common/hashfn.c">hashfn.c</a>
 */
final class PostgresHash {

    /** HASH_PARTITION_SEED of partbounds.h. */
    private static final long SEED = 0x7A5B22367996DCFDL;

    /** What hash_combine64 adds to the hash of the only column. */
    private static final long COMBINE = 0x49a0f4dd15e5a8e3L;

    private static final int INIT = 0x9e3779b9 + 3923095;

    /** No four ASCII characters make this word. */
    private static final int NOT_ASCII = -1;

    private static final State START_4 = State.start(4);
    private static final State START_16 = State.start(16);

    private PostgresHash() {}

    /** Combines the hash of a one-column key into that of its row. */
    static long rowHash(long hash) {
        return hash + COMBINE;
    }

    static long int8(long value) {
        int low = (int) value;
        int high = (int) (value >>> 32);
        return int4(low ^ (value >= 0 ? high : ~high));
    }

    static long int4(int value) {
        return finish(START_4.a + value, START_4.b, START_4.c);
    }

    static long uuid(UUID value) {
        long high = Long.reverseBytes(value.getMostSignificantBits());
        long low = Long.reverseBytes(value.getLeastSignificantBits());
        int a = START_16.a + (int) high;
        int b = START_16.b + (int) (high >>> 32);
        int c = START_16.c + (int) low;
        // As State does, without an object: not every compilation of a caller takes all of it in and sees that none is
        // needed.
        a = (a - c) ^ Integer.rotateLeft(c, 4);
        c += b;
        b = (b - a) ^ Integer.rotateLeft(a, 6);
        a += c;
        c = (c - b) ^ Integer.rotateLeft(b, 8);
        b += a;
        a = (a - c) ^ Integer.rotateLeft(c, 16);
        c += b;
        b = (b - a) ^ Integer.rotateLeft(a, 19);
        a += c;
        c = (c - b) ^ Integer.rotateLeft(b, 4);
        b += a;
        return finish(a + (int) (low >>> 32), b, c);
    }

    /**
     * Hashes the UTF-8 form of a text that has no unpaired surrogate, without building it.
     *
     * <p>The bytes are gathered in words of four, the first one lowest. All state is in local variables, because with an
     * object around it this loop is too large for the JIT to do without the object.
     */
    static long text(String value) {
        int start = INIT + utf8Length(value);
        int a = start + (int) (SEED >>> 32);
        int b = start + (int) SEED;
        int c = start;
        int word = 3;
        long gathered = 0;
        int bits = 0;
        int i = 0;
        while (true) {
            if (word == 3) {
                a = (a - c) ^ Integer.rotateLeft(c, 4);
                c += b;
                b = (b - a) ^ Integer.rotateLeft(a, 6);
                a += c;
                c = (c - b) ^ Integer.rotateLeft(b, 8);
                b += a;
                a = (a - c) ^ Integer.rotateLeft(c, 16);
                c += b;
                b = (b - a) ^ Integer.rotateLeft(a, 19);
                a += c;
                c = (c - b) ^ Integer.rotateLeft(b, 4);
                b += a;
                word = 0;
            }
            if (i == value.length()) {
                break;
            }
            int four = bits == 0 && i + 4 <= value.length() ? ascii(value, i) : NOT_ASCII;
            if (four != NOT_ASCII) {
                gathered = four;
                bits = 32;
                i += 4;
            } else {
                int c0 = value.charAt(i++);
                if (c0 < 0x80) {
                    gathered |= (long) c0 << bits;
                    bits += 8;
                } else if (c0 < 0x800) {
                    gathered |= (long) (0x80C0 | (c0 >> 6) | ((c0 & 0x3F) << 8)) << bits;
                    bits += 16;
                } else if (Character.isHighSurrogate((char) c0)) {
                    gathered |= fourBytes(Character.toCodePoint((char) c0, value.charAt(i++))) << bits;
                    bits += 32;
                } else {
                    gathered |= (long) (0x8080E0 | (c0 >> 12) | ((c0 << 2) & 0x3F00) | ((c0 & 0x3F) << 16)) << bits;
                    bits += 24;
                }
            }
            if (bits >= 32) {
                if (word == 0) {
                    a += (int) gathered;
                } else if (word == 1) {
                    b += (int) gathered;
                } else {
                    c += (int) gathered;
                }
                word++;
                gathered >>>= 32;
                bits -= 32;
            }
        }
        int rest = (int) gathered;
        // The lowest byte of c is kept for the length.
        return finish(word == 0 ? a + rest : a, word == 1 ? b + rest : b, word == 2 ? c + (rest << 8) : c);
    }

    private static long fourBytes(int point) {
        int bytes = 0x808080F0
                | (point >> 18)
                | ((point >> 4) & 0x3F00)
                | ((point << 10) & 0x3F0000)
                | ((point & 0x3F) << 24);
        return bytes & 0xFFFFFFFFL;
    }

    private static int ascii(String value, int i) {
        char c0 = value.charAt(i);
        char c1 = value.charAt(i + 1);
        char c2 = value.charAt(i + 2);
        char c3 = value.charAt(i + 3);
        return (c0 | c1 | c2 | c3) < 0x80 ? c0 | (c1 << 8) | (c2 << 16) | (c3 << 24) : NOT_ASCII;
    }

    private static int utf8Length(String value) {
        int length = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            // Each half of a surrogate pair counts two of the pair's four bytes.
            length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return length;
    }

    private static long finish(int x, int y, int z) {
        int a = x;
        int b = y;
        int c = z;
        c ^= b;
        c -= Integer.rotateLeft(b, 14);
        a ^= c;
        a -= Integer.rotateLeft(c, 11);
        b ^= a;
        b -= Integer.rotateLeft(a, 25);
        c ^= b;
        c -= Integer.rotateLeft(b, 16);
        a ^= c;
        a -= Integer.rotateLeft(c, 4);
        b ^= a;
        b -= Integer.rotateLeft(a, 14);
        c ^= b;
        c -= Integer.rotateLeft(b, 24);
        return ((long) b << 32) | (c & 0xFFFFFFFFL);
    }

    /** The three words of Bob Jenkins' lookup3. */
    private static final class State {

        private int a;
        private int b;
        private int c;

        State(int a, int b, int c) {
            this.a = a;
            this.b = b;
            this.c = c;
        }

        /** The state before the first byte of a value of this many bytes. */
        static State start(int length) {
            int start = INIT + length;
            State state = new State(start + (int) (SEED >>> 32), start + (int) SEED, start);
            state.mix();
            return state;
        }

        void mix() {
            a -= c;
            a ^= Integer.rotateLeft(c, 4);
            c += b;
            b -= a;
            b ^= Integer.rotateLeft(a, 6);
            a += c;
            c -= b;
            c ^= Integer.rotateLeft(b, 8);
            b += a;
            a -= c;
            a ^= Integer.rotateLeft(c, 16);
            c += b;
            b -= a;
            b ^= Integer.rotateLeft(a, 19);
            a += c;
            c -= b;
            c ^= Integer.rotateLeft(b, 4);
            b += a;
        }
    }
}
