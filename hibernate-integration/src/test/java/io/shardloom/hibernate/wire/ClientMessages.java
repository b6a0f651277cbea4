package io.shardloom.hibernate.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads what one client says, by PostgreSQL's frontend protocol, and tells each statement it has executed, but for those
 * that begin or end transactions. One thread at a time.
 */
final class ClientMessages {
    private static final int PROTOCOL_3 = 3;
    private static final Set<String> NOT_TOLD = Set.of("", "begin", "begin read only", "commit", "rollback");

    private final Consumer<String> executed;
    private final Runnable inBlocks;
    private final Map<String, String> prepared = new HashMap<>();
    private final Map<String, String> portals = new HashMap<>();
    private byte[] rest = {};
    private boolean started;

    /**
     * Creates a reader of one connection.
     *
     * @param executed is given each statement
     * @param inBlocks is run when a number of rows is asked for, and not all of them
     */
    ClientMessages(Consumer<String> executed, Runnable inBlocks) {
        this.executed = executed;
        this.inBlocks = inBlocks;
    }

    void read(byte[] bytes, int length) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(rest);
        all.write(bytes, 0, length);
        var in = ByteBuffer.wrap(all.toByteArray());
        boolean whole;
        do {
            whole = next(in);
        } while (whole);
        rest = new byte[in.remaining()];
        in.get(rest);
    }

    /** Reads a message if it is whole. */
    private boolean next(ByteBuffer in) {
        int head = started ? 1 : 0;
        if (in.remaining() < head + 4 || in.remaining() < head + in.getInt(in.position() + head)) {
            return false;
        }
        char type = started ? (char) in.get() : ' ';
        int length = in.getInt() - 4;
        var body = in.slice(in.position(), length);
        in.position(in.position() + length);
        if (started) {
            message(type, body);
        } else {
            started = body.getInt() >> 16 == PROTOCOL_3;
        }
        return true;
    }

    private void message(char type, ByteBuffer body) {
        switch (type) {
            case 'P' -> prepared.put(text(body), text(body));
            case 'B' -> portals.put(text(body), prepared.getOrDefault(text(body), "?"));
            case 'E' -> { // once: what follows only fetches more rows
                var sql = portals.put(text(body), "");
                tell(sql == null ? "?" : sql);
                if (body.getInt() > 1) { // BEGIN is sent with 1
                    inBlocks.run();
                }
            }
            case 'Q' -> tell(text(body));
            default -> {}
        }
    }

    private void tell(String sql) {
        if (!NOT_TOLD.contains(sql.strip().toLowerCase(Locale.ROOT))) {
            executed.accept(sql);
        }
    }

    private static String text(ByteBuffer body) {
        var bytes = new ByteArrayOutputStream();
        for (byte next = body.get(); next != 0; next = body.get()) {
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
