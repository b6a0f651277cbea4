package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.fanout.ValueOrders.Typed;
import java.math.BigDecimal;
import java.time.ZonedDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hibernate.query.sqm.SqmBindableType;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmFunction;
import org.hibernate.type.BasicType;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/**
 * A value of merged groups that is given to a server.
 *
 * @param value computes it
 * @param text writes it as the server reads it
 * @param column how the server gets it
 */
record GivenColumn(Term.Value value, Function<Object, @Nullable Object> text, GivenRows.Column column) {

    /**
     * Makes the column of a value, null if it is not known for certain which type it has on a server.
     *
     * @param node its expression
     * @param term how it is computed
     * @param collation in which collation it is, if it is a text, null if that is not known
     */
    static @Nullable GivenColumn of(SqmExpression<?> node, Term term, @Nullable Collated collation) {
        var type = node.getNodeType();
        if (type == null || !(type.getSqmType() instanceof BasicType<?>)) {
            return null;
        }
        var raw = term.raw();
        if (raw != null) {
            return of(node, raw, collation);
        }
        var kind = term.kind();
        if (kind != null) {
            return new GivenColumn(term.value(), kind::of, new GivenRows.Column(name(kind), null, type));
        }
        var typed = term.type();
        if (typed != null) {
            return of(node, term.value(), typed, collation, type);
        }
        var java = node.getJavaType();
        if (java == Boolean.class) {
            return new GivenColumn(term.value(), value -> value, new GivenRows.Column("boolean", null, type));
        }
        return java == String.class && collation != null
                ? new GivenColumn(
                        term.value(), value -> value, new GivenRows.Column("text", collation.collation(), type))
                : null;
    }

    /** Makes the column of the first or last text among those of all nodes, which the server finds. */
    static @Nullable GivenColumn extreme(SqmFunction<?> function, Term term, @Nullable Collated collation) {
        var type = function.getNodeType();
        return type == null || collation == null
                ? null
                : new GivenColumn(
                        term.value(),
                        texts -> array((List<?>) texts, collation),
                        new GivenRows.Column(
                                "text",
                                collation.collation(),
                                type,
                                function.getFunctionName().toLowerCase(Locale.ROOT)));
    }

    /** Writes an array as the server reads it. */
    private static String array(List<?> texts, Collated collation) {
        return texts.stream()
                .map(text -> '"' + collation.text(text).replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static @Nullable GivenColumn of(
            SqmExpression<?> node,
            Term.Value value,
            Typed typed,
            @Nullable Collated collation,
            SqmBindableType<?> type) {
        int code = typed.mapping().getJdbcType().getDefaultSqlTypeCode();
        boolean computed = !(node instanceof SqmPath<?>);
        var sql =
                switch (typed.order()) {
                    case INTEGER, NUMERIC, FLOAT -> {
                        var kind = computed ? null : NumberKind.of(code);
                        yield kind == null ? null : name(kind);
                    }
                    case TEXT -> code == SqlTypes.CHAR || collation == null ? null : "text";
                    case BOOLEAN -> "boolean";
                    case UUID -> "uuid";
                    case BYTES -> "bytea";
                    case INSTANT -> "timestamptz";
                    case TEMPORAL -> natural(code);
                };
        return sql == null
                ? null
                : new GivenColumn(
                        value,
                        typed::stored,
                        new GivenRows.Column(sql, collation == null ? null : collation.collation(), type));
    }

    private static @Nullable String natural(int code) {
        return switch (code) {
            case SqlTypes.DATE, SqlTypes.LOCAL_DATE -> "date";
            case SqlTypes.TIME, SqlTypes.LOCAL_TIME -> "time";
            case SqlTypes.TIMESTAMP, SqlTypes.LOCAL_DATE_TIME -> "timestamp";
            default -> null;
        };
    }

    private static String name(NumberKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** Returns the values of all groups as the server reads them. */
    @Nullable
    String[] texts(List<@Nullable Object[]> groups, Map<Object, @Nullable Object> parameters) {
        var texts = new @Nullable String[groups.size()];
        for (int i = 0; i < texts.length; i++) {
            var computed = value.of(groups.get(i), parameters);
            var stored = computed == null ? null : text.apply(computed);
            texts[i] = stored == null ? null : text(stored);
        }
        return texts;
    }

    private static String text(Object value) {
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof byte[] bytes) {
            return "\\x" + HexFormat.of().formatHex(bytes);
        }
        return value instanceof ZonedDateTime time ? time.toOffsetDateTime().toString() : value.toString();
    }
}
