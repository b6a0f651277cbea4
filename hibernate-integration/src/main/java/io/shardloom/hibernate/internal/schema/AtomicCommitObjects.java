package io.shardloom.hibernate.internal.schema;

import io.shardloom.ddl.AtomicDdl;
import org.hibernate.boot.model.relational.AuxiliaryDatabaseObject;
import org.hibernate.boot.model.relational.SqlStringGenerationContext;
import org.hibernate.dialect.Dialect;

/** What transactions of several nodes need in the database of each node. */
final class AtomicCommitObjects implements AuxiliaryDatabaseObject {
    private static final long serialVersionUID = 1L;
    private static final String[] NOTHING = {};

    @Override
    public boolean appliesToDialect(Dialect dialect) {
        return true;
    }

    @Override
    public boolean beforeTablesOnCreation() {
        return true;
    }

    @Override
    public String[] sqlCreateStrings(SqlStringGenerationContext context) {
        return SchemaTarget.current() == null ? NOTHING : AtomicDdl.createAll().toArray(String[]::new);
    }

    /** Drops nothing: parts that are still prepared somewhere need the decisions. */
    @Override
    public String[] sqlDropStrings(SqlStringGenerationContext context) {
        return NOTHING;
    }

    @Override
    public String getExportIdentifier() {
        return "shardloom-atomic-commit";
    }
}
