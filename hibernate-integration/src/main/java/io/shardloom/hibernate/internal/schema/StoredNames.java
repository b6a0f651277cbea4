package io.shardloom.hibernate.internal.schema;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;

/** Names as PostgreSQL keeps them in its catalog: folded to lower case unless Hibernate quotes them. */
final class StoredNames {
    /** PostgreSQL folds no other letters in a UTF-8 database. */
    private static final Pattern ASCII_CAPITALS = Pattern.compile("[A-Z]+");

    private StoredNames() {}

    static String of(Column column) {
        return fold(column.getName(), column.isQuoted());
    }

    static String of(Table table) {
        return fold(table.getName(), table.isQuoted());
    }

    static String of(Identifier name) {
        return fold(name.getText(), name.isQuoted());
    }

    /** Returns the given schema, else the unit's default; empty where the search path decides. */
    static Optional<String> of(@Nullable Identifier schema, @Nullable Identifier unitDefault) {
        return Optional.ofNullable(schema != null ? schema : unitDefault).map(StoredNames::of);
    }

    /** Returns the table's own schema, else the unit's default; empty where the search path decides. */
    static Optional<String> schemaOf(Table table, @Nullable Identifier unitDefault) {
        if (table.getSchema() != null) {
            return Optional.of(fold(table.getSchema(), table.isSchemaQuoted()));
        }
        return of(null, unitDefault);
    }

    private static String fold(String name, boolean quoted) {
        return quoted
                ? name
                : ASCII_CAPITALS.matcher(name).replaceAll(found -> found.group().toLowerCase(Locale.ROOT));
    }
}
