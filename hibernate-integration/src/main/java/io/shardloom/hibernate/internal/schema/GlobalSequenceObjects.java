package io.shardloom.hibernate.internal.schema;

import io.shardloom.ddl.SequenceDdl;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.boot.model.relational.AuxiliaryDatabaseObject;
import org.hibernate.boot.model.relational.SqlStringGenerationContext;
import org.hibernate.dialect.Dialect;

/** What global sequences need in the database of the one node they come from, and of the others, their witnesses. */
final class GlobalSequenceObjects implements AuxiliaryDatabaseObject {
    private static final long serialVersionUID = 1L;
    private static final String[] NOTHING = {};

    private final transient ShardingRuntime runtime;
    private final transient Set<String> names;

    GlobalSequenceObjects(ShardingRuntime runtime, Set<String> names) {
        this.runtime = runtime;
        this.names = new TreeSet<>(names);
    }

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
        if (SchemaTarget.current() == null) {
            return NOTHING;
        }
        if (!onSequenceNode()) {
            return SequenceDdl.createWitness().toArray(String[]::new);
        }
        List<String> statements = new ArrayList<>(SequenceDdl.createAll());
        names.forEach(name -> statements.add(SequenceDdl.createSequence(name)));
        return statements.toArray(String[]::new);
    }

    @Override
    public String[] sqlDropStrings(SqlStringGenerationContext context) {
        if (SchemaTarget.current() == null) {
            return NOTHING;
        }
        return names.stream().map(SequenceDdl::dropSequence).toArray(String[]::new);
    }

    private boolean onSequenceNode() {
        var node = SchemaTarget.current();
        return node != null
                && runtime.configuration().sequenceNode().filter(node::equals).isPresent();
    }

    @Override
    public String getExportIdentifier() {
        return "shardloom-global-sequences";
    }
}
