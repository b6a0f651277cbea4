package io.shardloom.hibernate.internal.bulk;

import io.shardloom.failure.ShardloomException;
import java.util.LinkedHashSet;
import java.util.List;
import org.hibernate.generator.Assigned;
import org.hibernate.id.BulkInsertionCapableIdentifierGenerator;
import org.hibernate.id.CompositeNestedGeneratedValueGenerator;
import org.hibernate.metamodel.mapping.BasicEntityIdentifierMapping;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.tree.insert.SqmInsertSelectStatement;
import org.hibernate.query.sqm.tree.insert.SqmInsertStatement;

/** The ids of rows that a query inserts: where the query does not give them and Hibernate cannot make them, it is refused. */
final class InsertedId {
    private InsertedId() {}

    /** Refuses a statement, which has the key already, whose rows would lack a part of their id. */
    static void check(SqmInsertStatement<?> statement, EntityPersister persister) {
        var entity = BulkRules.simpleName(persister.getEntityName());
        var id = persister.getIdentifierMapping();
        var generator = persister.getGenerator();
        if (id instanceof CompositeIdentifierMapping
                && generator != null
                && !(generator instanceof Assigned)
                && !(generator instanceof CompositeNestedGeneratedValueGenerator)) {
            throw new ShardloomException("Cannot insert " + entity + " by a query: its id is that of an association"
                    + " (@MapsId), and Hibernate cannot put it together there. Use persist.");
        }
        var missing = new LinkedHashSet<>(List.of(persister.getIdentifierColumnNames()));
        for (var path : statement.getInsertionTargetPaths()) {
            BulkRules.columns(persister, path.getNavigablePath()).forEach(missing::remove);
        }
        if (missing.isEmpty()) {
            return;
        }
        if (id instanceof BasicEntityIdentifierMapping && !(generator instanceof Assigned)) {
            if (statement instanceof SqmInsertSelectStatement
                    && !(generator instanceof BulkInsertionCapableIdentifierGenerator)) {
                throw new ShardloomException("Cannot insert " + entity + " by a query that selects its rows without"
                        + " their id: ids are made in the application, one by one. Name " + id.getAttributeName()
                        + " and select a value for it, or use persist.");
            }
            return;
        }
        throw new ShardloomException("Cannot insert " + entity + " by a query that does not give its whole id: "
                + String.join(", ", missing) + " would be empty. Name what is missing and give it a value, or use"
                + " persist, which makes ids.");
    }
}
