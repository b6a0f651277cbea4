package io.shardloom.hibernate.internal.bulk;

import io.shardloom.hibernate.internal.mapping.EntityHome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.query.sqm.SemanticQueryWalker;
import org.hibernate.query.sqm.sql.internal.SqmParameterInterpretation;
import org.hibernate.query.sqm.tree.SqmCopyContext;
import org.hibernate.query.sqm.tree.SqmRenderContext;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.expression.AbstractSqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmLiteral;
import org.hibernate.query.sqm.tree.expression.SqmParameter;
import org.hibernate.sql.ast.tree.expression.JdbcParameter;
import org.jspecify.annotations.Nullable;

/**
 * The session's key as a value of a bulk statement. Its SQL is a parameter that is set when the statement runs, so the
 * statement is translated once for all keys.
 *
 * @param <T> the key attribute's Java type
 */
final class KeyExpression<T> extends AbstractSqmExpression<T> {
    private static final long serialVersionUID = 1L;

    private final transient SelectableMapping column;
    private final transient EntityHome.Sharded home;
    private final String entity;
    private final transient @Nullable SqmExpression<?> given;
    private final int position;
    private final int columns;

    private KeyExpression(
            SqmPath<T> target,
            SelectableMapping column,
            EntityHome.Sharded home,
            String entity,
            @Nullable SqmExpression<?> given,
            int position,
            int columns) {
        super(target.getNodeType(), target.nodeBuilder());
        this.column = column;
        this.home = home;
        this.entity = entity;
        this.given = given;
        this.position = position;
        this.columns = columns;
    }

    /**
     * Returns the session's key.
     *
     * @param target the attribute that is set or compared
     */
    static KeyExpression<?> of(SqmPath<?> target, SelectableMapping column, EntityHome.Sharded home, String entity) {
        return new KeyExpression<>(target, column, home, entity, null, 0, 1);
    }

    /**
     * Returns the value that a statement gives, which must hold the session's key.
     *
     * @param given a parameter or a literal
     * @param position of the key among the columns of the attribute
     * @param columns how many the attribute has
     */
    static KeyExpression<?> of(
            SqmPath<?> target,
            SelectableMapping column,
            EntityHome.Sharded home,
            String entity,
            SqmExpression<?> given,
            int position,
            int columns) {
        return new KeyExpression<>(target, column, home, entity, given, position, columns);
    }

    /** Tells whether a value can be compared with the session's key before the statement is sent. */
    static boolean isKnown(Object value) {
        return value instanceof SqmParameter || value instanceof SqmLiteral;
    }

    @Override
    @SuppressWarnings("unchecked") // a walker that makes SQL takes any expression of it
    public <X> X accept(SemanticQueryWalker<X> walker) {
        if (given == null) {
            return (X) single(new SessionKeyParameter(column.getJdbcMapping(), home.group(), entity));
        }
        if (given instanceof SqmLiteral<?> literal) {
            return (X) single(checked(bindings -> literal.getLiteralValue()));
        }
        var made = given.accept(walker);
        if (!(made instanceof SqmParameterInterpretation parameters)) {
            return made;
        }
        if (columns == 1) {
            // Hibernate may still replace the parameter, so it is asked for as late as possible
            return (X) single(checked(bindings -> value(bindings, (JdbcParameter) parameters.getResolvedExpression())));
        }
        var parts = new ArrayList<JdbcParameter>();
        for (var part : Objects.requireNonNull(parameters.getSqlTuple()).getExpressions()) {
            parts.add((JdbcParameter) part);
        }
        var key = parts.get(position);
        parts.set(position, checked(bindings -> value(bindings, key)));
        return (X) new SqmParameterInterpretation(parts, parameters.getExpressionType());
    }

    private static @Nullable Object value(
            org.hibernate.sql.exec.spi.JdbcParameterBindings bindings, JdbcParameter parameter) {
        var binding = bindings.getBinding(parameter);
        return binding == null ? null : binding.getBindValue();
    }

    private GivenKeyParameter checked(GivenKeyParameter.Given value) {
        return new GivenKeyParameter(
                column.getJdbcMapping(),
                home.group(),
                entity,
                entity.substring(entity.lastIndexOf('.') + 1) + " with " + home.attribute(),
                value);
    }

    private static SqmParameterInterpretation single(SessionKeyParameter parameter) {
        return new SqmParameterInterpretation(new ArrayList<>(List.of(parameter)), parameter);
    }

    @Override
    public KeyExpression<T> copy(SqmCopyContext context) {
        return this;
    }

    @Override
    public void appendHqlString(StringBuilder hql, SqmRenderContext context) {
        hql.append(":the session's key");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public boolean isCompatible(Object other) {
        return this == other;
    }

    @Override
    public int cacheHashCode() {
        return hashCode();
    }
}
