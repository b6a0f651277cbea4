package io.shardloom.key;

import io.shardloom.failure.InvalidShardKeyException;
import java.util.UUID;
import java.util.regex.Pattern;

/** Text keys and UUIDs in text form. */
final class Texts {

    private static final int SHOWN_LENGTH = 60;
    private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private Texts() {}

    static String checked(KeyType type, Object value) {
        if (!(value instanceof String text)) {
            throw type.refusal(value, "a String");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw new InvalidShardKeyException("the text has a character U+0000 at index " + i
                        + ", which PostgreSQL cannot store. Remove it from the key.");
            }
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new InvalidShardKeyException("the text has half a surrogate pair at index " + i
                            + ", which has no UTF-8 form. Repair the key where it is read.");
                }
                i++;
            }
        }
        return text;
    }

    /** Compares as UTF-8 bytes do: surrogates come after U+FFFF, not before U+E000. */
    static int compareCodePoints(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char l = left.charAt(i);
            char r = right.charAt(i);
            if (l != r) {
                boolean leftPair = Character.isSurrogate(l);
                boolean rightPair = Character.isSurrogate(r);
                return leftPair == rightPair ? Character.compare(l, r) : Boolean.compare(leftPair, rightPair);
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    static UUID uuid(String text) {
        String given = text.strip();
        if (!UUID_TEXT.matcher(given).matches()) {
            throw new InvalidShardKeyException("'" + text
                    + "' is not of type uuid. Give 32 hexadecimal digits as 00112233-4455-6677-8899-aabbccddeeff.");
        }
        return UUID.fromString(given);
    }

    static String shown(Object value) {
        String text = String.valueOf(value);
        return "'" + (text.length() <= SHOWN_LENGTH ? text : text.substring(0, SHOWN_LENGTH) + "...") + "'";
    }
}
