package io.shardloom.strategy;

import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.key.KeyType;
import io.shardloom.strategy.PartitionBound.At;
import io.shardloom.strategy.PartitionBound.DefaultBound;
import io.shardloom.strategy.PartitionBound.Endpoint;
import io.shardloom.strategy.PartitionBound.HashBound;
import io.shardloom.strategy.PartitionBound.ListBound;
import io.shardloom.strategy.PartitionBound.MaxValue;
import io.shardloom.strategy.PartitionBound.MinValue;
import io.shardloom.strategy.PartitionBound.RangeBound;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads one bound; used once, by one thread. */
final class BoundParser {

    private static final Pattern TOKEN = Pattern.compile("\\s*('(?:[^']|'')*'|[(),]|[^\\s(),']+)");
    private static final String FORMS = " Write IN ('a', 'b'), FROM ('a') TO ('m') with MINVALUE and MAXVALUE for"
            + " open ends, MODULUS 32, REMAINDER 7, or DEFAULT.";

    private final String sql;
    private final KeyType type;
    private final List<String> tokens = new ArrayList<>();
    private int position;

    BoundParser(String sql, KeyType type) {
        this.sql = sql.strip();
        this.type = type;
    }

    PartitionBound parse() {
        tokenize();
        if (skip("FOR")) {
            expect("VALUES");
        }
        PartitionBound bound = body();
        if (position < tokens.size()) {
            throw unexpected("the end");
        }
        return bound;
    }

    private PartitionBound body() {
        if (skip("DEFAULT")) {
            return new DefaultBound();
        }
        if (skip("IN")) {
            return new ListBound(type, values());
        }
        if (skip("FROM")) {
            Endpoint from = endpoint();
            expect("TO");
            return new RangeBound(type, from, endpoint());
        }
        boolean with = skip("WITH");
        if (with) {
            expect("(");
        }
        expect("MODULUS");
        int modulus = number();
        expect(",");
        expect("REMAINDER");
        int remainder = number();
        if (with) {
            expect(")");
        }
        return new HashBound(modulus, remainder);
    }

    private List<Object> values() {
        List<Object> values = new ArrayList<>();
        expect("(");
        do {
            values.add(value());
        } while (skip(","));
        expect(")");
        return values;
    }

    private Endpoint endpoint() {
        expect("(");
        Endpoint end;
        if (skip("MINVALUE")) {
            end = new MinValue();
        } else if (skip("MAXVALUE")) {
            end = new MaxValue();
        } else {
            end = new At(value());
        }
        expect(")");
        return end;
    }

    private Object value() {
        String literal = next("a value");
        if (literal.equalsIgnoreCase("NULL")) {
            throw new InvalidShardKeyException(
                    "NULL cannot be in a bound, because a shard key is never null." + " Leave it out.");
        }
        if ("(),".contains(literal)) {
            position--;
            throw unexpected("a value");
        }
        return type.parse(literal);
    }

    private int number() {
        String text = next("a whole number");
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            position--;
            IllegalArgumentException failure = unexpected("a whole number");
            failure.initCause(e);
            throw failure;
        }
    }

    private String next(String wanted) {
        if (position >= tokens.size()) {
            throw unexpected(wanted);
        }
        return tokens.get(position++);
    }

    private boolean skip(String word) {
        boolean found = position < tokens.size() && tokens.get(position).equalsIgnoreCase(word);
        if (found) {
            position++;
        }
        return found;
    }

    private void expect(String word) {
        if (!skip(word)) {
            throw unexpected(word);
        }
    }

    private void tokenize() {
        Matcher matcher = TOKEN.matcher(sql);
        int end = 0;
        while (end < sql.length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw new IllegalArgumentException("not a partition bound: a quote opens at character " + (end + 1)
                        + " and does not close." + FORMS);
            }
            tokens.add(matcher.group(1));
            end = matcher.end();
        }
    }

    private IllegalArgumentException unexpected(String wanted) {
        String found = position < tokens.size() ? "'" + tokens.get(position) + "'" : "the end";
        return new IllegalArgumentException(
                "not a partition bound: " + found + " stands where " + wanted + " is expected." + FORMS);
    }
}
