package io.shardloom;

import io.shardloom.key.KeyType;
import io.shardloom.topology.Location;
import io.shardloom.topology.Server;
import java.util.HexFormat;

/**
 * Why work with a key goes where it goes.
 *
 * @param location the key, its hash, its shard and its node
 * @param mapVersion the version of the shard map that placed it there
 * @param write the server that takes its writes
 * @param read the server that the next read-only work would most likely use
 */
public record Explanation(Location location, long mapVersion, Server write, Server read) {

    /** Returns a table of a few lines for people. */
    @Override
    public String toString() {
        KeyType type = location.key().type();
        String hash = location.hash().isPresent()
                ? "0x" + HexFormat.of().toHexDigits(location.hash().getAsLong()) + " = "
                        + Long.toUnsignedString(location.hash().getAsLong())
                : "none";
        return String.join(
                System.lineSeparator(),
                "key    " + type.literal(location.key().value()) + " (" + type.sqlName() + ", group "
                        + location.key().group() + ")",
                "hash   " + hash,
                "shard  " + location.shard().name() + ": "
                        + location.shard().bound().clause(),
                "node   " + location.node().name() + " (shard map " + mapVersion + ")",
                "write  " + write.endpoint(),
                "read   " + read.endpoint());
    }
}
