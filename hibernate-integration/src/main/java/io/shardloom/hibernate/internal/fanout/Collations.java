package io.shardloom.hibernate.internal.fanout;

import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.metamodel.mapping.internal.ToOneAttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.UnionSubclassEntityPersister;
import org.hibernate.query.sqm.tree.SqmVisitableNode;
import org.hibernate.query.sqm.tree.domain.SqmBasicValuedSimplePath;
import org.hibernate.query.sqm.tree.domain.SqmElementAggregateFunction;
import org.hibernate.query.sqm.tree.domain.SqmIndexAggregateFunction;
import org.hibernate.query.sqm.tree.domain.SqmIndexedCollectionAccessPath;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.domain.SqmPluralPartJoin;
import org.hibernate.query.sqm.tree.expression.SqmCollation;
import org.hibernate.query.sqm.tree.from.SqmAttributeJoin;
import org.hibernate.query.sqm.tree.from.SqmFrom;
import org.jspecify.annotations.Nullable;

/**
 * How the servers compare texts: Java knows the order by code points (C, POSIX, and PostgreSQL's own C.UTF-8), and that
 * texts of a deterministic collation are equal if their characters are. Read once from all nodes. Immutable.
 */
final class Collations {
    private static final String DATABASE = """
            select pg_encoding_to_char(encoding) = 'UTF8'
                   and (datlocprovider = 'b' or datlocprovider = 'c' and datcollate in ('C', 'POSIX')),
                   concat_ws(' ', pg_encoding_to_char(encoding), datlocprovider, datcollate, datlocale, daticurules,
                             datcollversion, pg_database_collation_actual_version(oid))
            from pg_database where datname = current_database()""";

    private static final String COLUMNS = """
            select c.relname || '.' || a.attname,
                   t.typname in ('text', 'varchar')
                   and (o.collname = 'default' or o.collprovider = 'b' or o.collprovider = 'c' and o.collcollate in ('C', 'POSIX')),
                   t.typname in ('text', 'varchar') and o.collisdeterministic,
                   case when t.typname in ('text', 'varchar')
                        then (select quote_ident(s.nspname) from pg_namespace s where s.oid = o.collnamespace)
                             || '.' || quote_ident(o.collname) end,
                   concat_ws(' ', o.collprovider, o.collcollate, o.colllocale, o.collicurules, o.collisdeterministic,
                             o.collversion, pg_collation_actual_version(o.oid))
            from pg_attribute a
            join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm', 'f')
            join pg_namespace n on n.oid = c.relnamespace and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
            join pg_type t on t.oid = a.atttypid
            join pg_collation o on o.oid = a.attcollation
            where a.attnum > 0 and not a.attisdropped and (o.collname <> 'default' or t.typname not in ('text', 'varchar'))""";

    private static final String DEFAULT = "pg_catalog.\"default\"";

    /**
     * What is unlike the database's default.
     *
     * @param collation by which one server can sort for all; null where they differ, or in their versions
     * @param version what must be the same for that
     */
    private record Column(
            boolean byCodePoints,
            boolean deterministic,
            @Nullable String collation,
            String version) {
        Column and(Column other) {
            boolean same = Objects.equals(collation, other.collation) && version.equals(other.version);
            return new Column(
                    byCodePoints && other.byCodePoints,
                    deterministic && other.deterministic,
                    same ? collation : null,
                    version);
        }
    }

    private static final Column UNKNOWN = new Column(false, false, null, "");

    private final Map<String, Column> columns = new HashMap<>();
    private @Nullable Column all;

    /** Reads them from the primaries of all nodes. */
    Collations(ShardingRuntime runtime) {
        for (var node : runtime.sharding().nodes()) {
            try (var connection = runtime.pools().connection(node, false)) {
                read(connection);
                connection.rollback();
            } catch (SQLException e) {
                throw new ShardloomException(
                        "Cannot read the collations of node " + node.name() + ": " + e.getMessage()
                                + ". Its user needs to read pg_catalog.",
                        e);
            }
        }
    }

    private void read(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            try (var rows = statement.executeQuery(DATABASE)) {
                rows.next();
                var database = new Column(rows.getBoolean(1), true, DEFAULT, rows.getString(2));
                all = all == null ? database : all.and(database);
            }
            try (var rows = statement.executeQuery(COLUMNS)) {
                while (rows.next()) {
                    columns.merge(
                            rows.getString(1).toLowerCase(Locale.ROOT),
                            new Column(rows.getBoolean(2), rows.getBoolean(3), rows.getString(4), rows.getString(5)),
                            Column::and);
                }
            }
        }
    }

    /** Tells whether the server puts the texts of an expression in the order of their code points. */
    boolean areSortedByCodePoints(SqmVisitableNode expression, Paths paths) {
        var check = new Check(paths);
        expression.accept(check);
        return check.sorted;
    }

    /** Tells whether the server takes texts of an expression for equal only if their characters are. */
    boolean areDeterministic(SqmVisitableNode expression, Paths paths) {
        var check = new Check(paths);
        expression.accept(check);
        return check.deterministic;
    }

    /**
     * Returns the collation of an expression in SQL if all nodes have it in the same version, so that one server can sort
     * texts of all of them. It is that of a column, or the database's if no column in the expression has one of its own.
     */
    @Nullable
    String collation(SqmVisitableNode expression, Paths paths) {
        if (expression instanceof SqmPath<?> path && !paths.isDerived(path)) {
            var special = special(path, paths);
            if (special != null) {
                return special.collation();
            }
        }
        var check = new Check(paths);
        expression.accept(check);
        return check.special || all == null ? null : all.collation();
    }

    /** Returns what is unlike the default in the texts of a path, {@link #UNKNOWN} if that cannot be told; null if nothing is. */
    private @Nullable Column special(SqmPath<?> path, Paths paths) {
        if (!(paths.part(path) instanceof SelectableMapping column)) {
            return path instanceof SqmFrom<?, ?> || columns.isEmpty() ? null : UNKNOWN;
        }
        var tables = new LinkedHashSet<String>();
        if (entity(path, paths) instanceof UnionSubclassEntityPersister union) {
            addTables(union, tables);
        } else {
            tables.add(name(column.getContainingTableExpression()));
        }
        if (column.isFormula()) {
            // the collation of an expression is that of the columns in it, which nothing tells
            boolean known = columns.keySet().stream()
                    .noneMatch(special -> tables.contains(special.substring(0, special.lastIndexOf('.'))));
            return known ? null : UNKNOWN;
        }
        var all = new ArrayList<@Nullable Column>();
        tables.forEach(table -> all.add(columns.get(table + '.' + name(column.getSelectionExpression()))));
        var above = path.getLhs();
        if (above != null
                && paths.part(above) instanceof ToOneAttributeMapping association
                && association.findSubPart(path.getReferencedPathSource().getPathName())
                        instanceof SelectableMapping key) {
            all.add(columns.get(name(key.getContainingTableExpression()) + '.' + name(key.getSelectionExpression())));
        }
        boolean plain = all.contains(null);
        var special = all.stream().filter(Objects::nonNull).reduce(Column::and);
        return special.map(each -> plain ? UNKNOWN : each).orElse(null);
    }

    /** Adds the tables that are united into the rows of an entity; an abstract one has none. */
    private static void addTables(EntityMappingType entity, Set<String> tables) {
        if (!entity.isAbstract() && entity.getEntityPersister() instanceof UnionSubclassEntityPersister united) {
            tables.add(name(united.getRootTableName()));
        }
        entity.getSubMappingTypes().forEach(part -> addTables(part, tables));
    }

    private static @Nullable EntityPersister entity(SqmPath<?> path, Paths paths) {
        @Nullable SqmPath<?> at = path;
        @Nullable EntityPersister entity = null;
        while (at != null && entity == null) {
            entity = paths.entity(at);
            at = at.getLhs();
        }
        return entity;
    }

    private static String name(String quoted) {
        return quoted.substring(quoted.lastIndexOf('.') + 1).replace("\"", "").toLowerCase(Locale.ROOT);
    }

    private final class Check extends SelectWalker {
        private final Paths paths;
        private boolean sorted = all != null && all.byCodePoints();
        private boolean deterministic = true;
        private boolean special;

        Check(Paths paths) {
            this.paths = paths;
        }

        @Override
        public Object visitBasicValuedPath(SqmBasicValuedSimplePath<?> path) {
            return look(path);
        }

        @Override
        public Object visitIndexedPluralAccessPath(SqmIndexedCollectionAccessPath<?> path) {
            look(path);
            return super.visitIndexedPluralAccessPath(path);
        }

        @Override
        public Object visitQualifiedAttributeJoin(SqmAttributeJoin<?, ?> join) {
            return look(join);
        }

        @Override
        public Object visitPluralPartJoin(SqmPluralPartJoin<?, ?> join) {
            return look(join);
        }

        @Override
        public Object visitElementAggregateFunction(SqmElementAggregateFunction<?> path) {
            return look(path);
        }

        @Override
        public Object visitIndexAggregateFunction(SqmIndexAggregateFunction<?> path) {
            return look(path);
        }

        private Object look(SqmPath<?> path) {
            if (paths.isDerived(path)) {
                var sources = paths.sources(path);
                sorted &= !sources.isEmpty();
                deterministic &= !sources.isEmpty();
                sources.forEach(source -> source.accept(this));
                return path;
            }
            var special = special(path, paths);
            if (special != null) {
                sorted &= special.byCodePoints();
                deterministic &= special.deterministic();
                this.special = true;
            }
            return path;
        }

        @Override
        public Object visitCollation(SqmCollation collation) {
            sorted = false;
            deterministic = false;
            special = true;
            return collation;
        }
    }
}
