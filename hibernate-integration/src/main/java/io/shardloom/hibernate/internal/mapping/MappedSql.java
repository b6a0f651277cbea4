package io.shardloom.hibernate.internal.mapping;

import io.shardloom.failure.Fault;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.internal.nativesql.NativeSqlGuard;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.hibernate.annotations.Generated;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.Formula;
import org.hibernate.mapping.IndexedCollection;
import org.hibernate.mapping.Join;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.RootClass;
import org.hibernate.mapping.Selectable;
import org.hibernate.mapping.Value;
import org.jspecify.annotations.Nullable;

/**
 * Refuses SQL written into the mapping of sharded entities that Shardloom would have to see into: sub-selects, whose
 * tables go without the key, and statements in place of Hibernate's. SQL with {@link Shardloom#UNCHECKED} in a comment
 * is taken as it is.
 */
final class MappedSql {
    private static final Pattern SELECT = Pattern.compile("\\bselect\\b", Pattern.CASE_INSENSITIVE);

    private final InFlightMetadataCollector metadata;
    private final Map<String, EntityHome> homes;
    private final Map<String, Fault> faults = new TreeMap<>();

    private MappedSql(InFlightMetadataCollector metadata, Map<String, EntityHome> homes) {
        this.metadata = metadata;
        this.homes = homes;
    }

    /** Returns what is to be refused, by entity and attribute. */
    static List<Fault> faults(InFlightMetadataCollector metadata, Map<String, EntityHome> homes) {
        var check = new MappedSql(metadata, homes);
        metadata.getEntityBindingMap().values().stream()
                .filter(check::isSharded)
                .sorted(Comparator.comparing(PersistentClass::getEntityName))
                .forEach(check::entity);
        metadata.getCollectionBindings().stream()
                .filter(collection -> check.isSharded(collection.getOwner()))
                .forEach(check::collection);
        return new ArrayList<>(check.faults.values());
    }

    private boolean isSharded(PersistentClass entity) {
        return homes.get(entity.getEntityName()) instanceof EntityHome.Sharded;
    }

    private void entity(PersistentClass entity) {
        var name = AssociationCheck.name(entity);
        if (entity.getTable().isSubselect()) {
            statement(name, "@Subselect", entity.getTable().getSubselect());
        }
        statement(name, "@SQLInsert", entity.getCustomSQLInsert());
        statement(name, "@SQLUpdate", entity.getCustomSQLUpdate());
        statement(name, "@SQLDelete", entity.getCustomSQLDelete());
        loader(name, entity.getLoaderName());
        if (entity instanceof RootClass root) {
            fragment(name, "@SQLRestriction", root.getWhere());
        }
        entity.getFilters().forEach(filter -> fragment(name, "@Filter", filter.getCondition()));
        for (Join join : entity.getJoins()) {
            var table = name + " (" + join.getTable().getName() + ")";
            statement(table, "@SQLInsert", join.getCustomSQLInsert());
            statement(table, "@SQLUpdate", join.getCustomSQLUpdate());
            statement(table, "@SQLDelete", join.getCustomSQLDelete());
        }
        if (entity.getDiscriminator() != null) {
            value(name, entity.getDiscriminator());
        }
        entity.getProperties().forEach(property -> property(name, entity.getMappedClass(), property));
    }

    private void property(String owner, Class<?> declaring, Property property) {
        var attribute = owner + "." + property.getName();
        for (var annotation : AnnotatedMembers.annotationsOf(declaring, property.getName())) {
            if (annotation instanceof Generated generated) {
                fragment(attribute, "@Generated", generated.sql());
            }
        }
        value(attribute, property.getValue());
    }

    private void collection(Collection collection) {
        var attribute = AssociationCheck.attribute(collection);
        statement(attribute, "@SQLInsert", collection.getCustomSQLInsert());
        statement(attribute, "@SQLUpdate", collection.getCustomSQLUpdate());
        statement(attribute, "@SQLDelete", collection.getCustomSQLDelete());
        statement(attribute, "@SQLDeleteAll", collection.getCustomSQLDeleteAll());
        loader(attribute, collection.getLoaderName());
        fragment(attribute, "@SQLRestriction", collection.getWhere());
        fragment(attribute, "@SQLRestriction", collection.getManyToManyWhere());
        fragment(attribute, "@SQLOrder", collection.getOrderBy());
        collection.getFilters().forEach(filter -> fragment(attribute, "@Filter", filter.getCondition()));
        collection.getManyToManyFilters().forEach(filter -> fragment(attribute, "@Filter", filter.getCondition()));
        value(attribute, collection.getElement());
        if (collection instanceof IndexedCollection indexed && indexed.getIndex() != null) {
            value(attribute, indexed.getIndex());
        }
    }

    private void value(String attribute, Value value) {
        if (value instanceof Component component) {
            component.getProperties().forEach(part -> property(attribute, component.getComponentClass(), part));
            return;
        }
        for (Selectable selectable : value.getSelectables()) {
            if (selectable instanceof Formula formula) {
                fragment(attribute, "the formula", formula.getFormula());
            } else if (selectable instanceof Column column) {
                fragment(attribute, "@ColumnTransformer", column.getCustomRead());
                fragment(attribute, "@ColumnTransformer", column.getCustomWrite());
            }
        }
    }

    private void loader(String subject, @Nullable String query) {
        var statement = query == null ? null : metadata.getNamedNativeQueryMapping(query);
        if (statement != null) {
            statement(subject, "@SQLSelect", statement.getSqlQueryString());
        }
    }

    private void fragment(String subject, String what, @Nullable String sql) {
        if (sql != null && SELECT.matcher(sql).find()) {
            refuse(subject, what, sql, "reads rows by a select of its own, in which Shardloom puts no key");
        }
    }

    private void statement(String subject, String what, @Nullable String sql) {
        if (sql != null) {
            refuse(subject, what, sql, "is a statement of its own, in which Shardloom puts no key");
        }
    }

    private void refuse(String subject, String what, String sql, String why) {
        if (!sql.contains(Shardloom.UNCHECKED)) {
            faults.putIfAbsent(
                    subject + "\0" + what,
                    Fault.of(
                            subject,
                            what + " " + why
                                    + ". Leave it to Hibernate or a query, or compare the key in it yourself and"
                                    + " say so: by the comment /*+ " + Shardloom.UNCHECKED + " */ in it, or by "
                                    + NativeSqlGuard.SETTING + " = unchecked for the whole unit."));
        }
    }
}
