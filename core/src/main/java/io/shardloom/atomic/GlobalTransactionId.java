package io.shardloom.atomic;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name under which one node's part is prepared. All that recovery needs is in it.
 *
 * @param transaction a UUID of version 7, so it tells the time
 * @param decider the identity of the database that decides; apart from names, so that units which share a server cannot
 *     mistake each other's transactions for their own
 * @param xid the deciding database's own number of the deciding transaction
 * @param decidingNode the deciding node's name, for people
 * @param participant the name of the node that is prepared, for people
 */
record GlobalTransactionId(UUID transaction, UUID decider, String xid, String decidingNode, String participant) {

    /** Marks what is ours, and the form of what follows. */
    static final String PREFIX = "shardloom1:";

    /** PostgreSQL takes 199 bytes; prefix, ids and separators take 99, and names are ASCII. */
    private static final int NAME_LENGTH = 48;

    private static final Pattern FORM = Pattern.compile(
            PREFIX + "([0-9a-f]{32}):([0-9a-f]{32}):([0-9]{1,20}):([A-Za-z0-9_-]{1,48}):([A-Za-z0-9_-]{1,48})");

    GlobalTransactionId {
        decidingNode = cut(decidingNode);
        participant = cut(participant);
    }

    static Optional<GlobalTransactionId> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new GlobalTransactionId(
                        uuid(matcher.group(1)),
                        uuid(matcher.group(2)),
                        matcher.group(3),
                        matcher.group(4),
                        matcher.group(5)))
                : Optional.empty();
    }

    /** Tells whether a node is called as the deciding one was. */
    boolean isDecidedOn(String node) {
        return decidingNode.equals(cut(node));
    }

    /** Returns the name, safe between single quotes in SQL. */
    @Override
    public String toString() {
        return PREFIX + hex(transaction) + ":" + hex(decider) + ":" + xid + ":" + decidingNode + ":" + participant;
    }

    private static String cut(String name) {
        return name.substring(0, Math.min(name.length(), NAME_LENGTH));
    }

    private static String hex(UUID uuid) {
        return uuid.toString().replace("-", "");
    }

    private static UUID uuid(String hex) {
        return new UUID(
                Long.parseUnsignedLong(hex.substring(0, 16), 16), Long.parseUnsignedLong(hex.substring(16), 16));
    }
}
