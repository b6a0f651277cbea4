package io.shardloom.hibernate.internal.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.metamodel.mapping.SelectablePath;
import org.hibernate.metamodel.mapping.internal.SelectableMappingImpl;
import org.hibernate.query.sqm.NodeBuilder;
import org.hibernate.query.sqm.SqmBindableType;
import org.hibernate.query.sqm.function.SelfRenderingSqmSetReturningFunction;
import org.hibernate.query.sqm.function.SetReturningFunctionRenderer;
import org.hibernate.query.sqm.produce.function.SetReturningFunctionTypeResolver;
import org.hibernate.query.sqm.sql.SqmToSqlAstConverter;
import org.hibernate.query.sqm.tree.SqmTypedNode;
import org.hibernate.query.sqm.tree.domain.SqmFunctionRoot;
import org.hibernate.query.sqm.tree.expression.SqmNamedParameter;
import org.hibernate.query.sqm.tuple.internal.AnonymousTupleTableGroupProducer;
import org.hibernate.query.sqm.tuple.internal.AnonymousTupleType;
import org.hibernate.sql.ast.SqlAstTranslator;
import org.hibernate.sql.ast.spi.SqlAppender;
import org.hibernate.sql.ast.tree.SqlAstNode;
import org.hibernate.type.spi.TypeConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are given to a server as the values of parameters, one array of texts for each column, and behind them the number of
 * the row, from 1.
 */
final class GivenRows implements SetReturningFunctionRenderer, SetReturningFunctionTypeResolver {
    static final String PLACE = "place";

    private final List<Column> columns;
    private final SqmBindableType<Long> place;

    /**
     * A column.
     *
     * @param sql its type in SQL
     * @param collation its collation in SQL, null if it has none of its own
     * @param type how expressions take its values
     * @param aggregate the aggregate of each value, which is an array then; null if it is taken as it is
     */
    record Column(
            String sql,
            @Nullable String collation,
            SqmBindableType<?> type,
            @Nullable String aggregate) {
        Column(String sql, @Nullable String collation, SqmBindableType<?> type) {
            this(sql, collation, type, null);
        }

        /** Returns the column of the rows as it is selected. */
        String selected(String name) {
            if (collation == null) {
                return name;
            }
            return aggregate == null
                    ? name + " collate " + collation + " as " + name
                    : "(select " + aggregate + "(t collate " + collation + ") from unnest(cast(" + name
                            + " as text[])) as t) as " + name;
        }
    }

    private GivenRows(List<Column> columns, SqmBindableType<Long> place) {
        this.columns = columns;
        this.place = place;
    }

    /** Returns the name of a column. */
    static String name(int column) {
        return "given" + column;
    }

    /** Returns the name of a column's parameter, unlike any that HQL can have. */
    static String parameter(int column) {
        return "@" + name(column);
    }

    /** Makes them what a select is from. */
    static SqmFunctionRoot<Object> root(List<Column> columns, NodeBuilder builder) {
        var types = builder.getTypeConfiguration();
        var texts = types.getBasicTypeForJavaType(String[].class);
        var arguments = new ArrayList<SqmTypedNode<?>>();
        for (int i = 0; i < columns.size(); i++) {
            arguments.add(new SqmNamedParameter<>(parameter(i), false, texts, builder));
        }
        var rows = new GivenRows(List.copyOf(columns), types.getBasicTypeForJavaType(Long.class));
        var unnest = Objects.requireNonNull(
                builder.getQueryEngine().getSqmFunctionRegistry().findSetReturningFunctionDescriptor("unnest"));
        return new SqmFunctionRoot<>(
                new SelfRenderingSqmSetReturningFunction<>(unnest, rows, arguments, null, rows, builder, "unnest"),
                null);
    }

    @Override
    public AnonymousTupleType<?> resolveTupleType(List<? extends SqmTypedNode<?>> arguments, TypeConfiguration types) {
        var all = new ArrayList<SqmBindableType<?>>();
        columns.forEach(column -> all.add(column.type));
        all.add(place);
        return new AnonymousTupleType<>(all.toArray(SqmBindableType<?>[]::new), names().toArray(String[]::new));
    }

    private List<String> names() {
        var names = new ArrayList<String>();
        for (int i = 0; i < columns.size(); i++) {
            names.add(name(i));
        }
        names.add(PLACE);
        return names;
    }

    @Override
    public SelectableMapping[] resolveFunctionReturnType(
            List<? extends SqlAstNode> arguments,
            String alias,
            boolean lateral,
            boolean withOrdinality,
            SqmToSqlAstConverter converter) {
        var names = names();
        var mappings = new SelectableMapping[names.size()];
        for (int i = 0; i < mappings.length; i++) {
            var type = i < columns.size() ? columns.get(i).type : place;
            mappings[i] = new SelectableMappingImpl(
                    "",
                    names.get(i),
                    new SelectablePath(names.get(i)),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    false,
                    true,
                    false,
                    false,
                    false,
                    false,
                    (JdbcMapping) Objects.requireNonNull(type.getSqmType()));
        }
        return mappings;
    }

    /** A collation is said in a select of its own, which makes it that of a column and not that of an expression. */
    @Override
    public void render(
            SqlAppender sql,
            List<? extends SqlAstNode> arguments,
            AnonymousTupleTableGroupProducer type,
            String alias,
            SqlAstTranslator<?> walker) {
        sql.appendSql("(select ");
        for (int i = 0; i < columns.size(); i++) {
            sql.appendSql(columns.get(i).selected(name(i)) + ",");
        }
        sql.appendSql(PLACE + " from unnest(");
        for (int i = 0; i < columns.size(); i++) {
            sql.appendSql(i == 0 ? "cast(" : ",cast(");
            arguments.get(i).accept(walker);
            sql.appendSql(" as " + columns.get(i).sql + "[])");
        }
        sql.appendSql(
                ") with ordinality as given(" + names().stream().collect(Collectors.joining(",")) + ")) " + alias);
    }

    @Override
    public boolean rendersIdentifierVariable(List<SqlAstNode> arguments, SessionFactoryImplementor factory) {
        return true;
    }
}
