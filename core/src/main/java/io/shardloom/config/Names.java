package io.shardloom.config;

import java.math.BigInteger;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Order and likeness of names. */
final class Names {

    /** Digits count as numbers: n2 before n10. */
    static final Comparator<String> NATURAL = Names::compare;

    private static final Pattern PART = Pattern.compile("\\d+|\\D+");

    private Names() {}

    private static int compare(String left, String right) {
        Matcher l = PART.matcher(left);
        Matcher r = PART.matcher(right);
        while (true) {
            boolean more = l.find();
            if (!r.find()) {
                return more ? 1 : left.compareTo(right);
            }
            if (!more) {
                return -1;
            }
            String a = l.group();
            String b = r.group();
            boolean numbers = isNumber(a) && isNumber(b);
            int order = numbers ? new BigInteger(a).compareTo(new BigInteger(b)) : a.compareTo(b);
            if (order != 0) {
                return order;
            }
        }
    }

    private static boolean isNumber(String part) {
        return part.charAt(0) >= '0' && part.charAt(0) <= '9';
    }

    /** Returns " Did you mean ...?" for the nearest choice, or nothing when none is near. */
    static String didYouMean(String given, Collection<String> choices) {
        return nearest(given, choices, Math.max(2, given.length() / 4))
                .map(choice -> " Did you mean " + choice + "?")
                .orElse("");
    }

    static Optional<String> nearest(String given, Collection<String> choices, int limit) {
        return choices.stream()
                .filter(choice -> distance(given, choice) <= limit)
                .min(Comparator.comparingInt((String choice) -> distance(given, choice))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Levenshtein's distance, whatever the case. */
    private static int distance(String left, String right) {
        int[] previous = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int[] row = new int[right.length() + 1];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                boolean same = Character.toLowerCase(left.charAt(i - 1)) == Character.toLowerCase(right.charAt(j - 1));
                row[j] = Math.min(Math.min(row[j - 1], previous[j]) + 1, previous[j - 1] + (same ? 0 : 1));
            }
            previous = row;
        }
        return previous[right.length()];
    }
}
