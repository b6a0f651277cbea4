package io.shardloom.hibernate.internal.schema;

import io.shardloom.ddl.SequenceDdl;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.topology.Node;
import java.sql.SQLException;
import org.hibernate.tool.schema.spi.SchemaManagementException;

/** Finds what global sequences lack on a node: the one they come from, or one of the others, their witnesses. */
final class SequenceCheck {
    private static final String SHAPE = """
            select exists (select from pg_class c where c.relnamespace = n.oid and c.relname = 'global_sequence'),
                   (select count(*) from pg_class c join pg_attribute a on a.attrelid = c.oid
                    where c.relnamespace = n.oid and c.relname = 'global_sequence' and not a.attisdropped
                    and a.attname in ('replicated_until', 'reserved_until', 'timeline', 'reserved_by', 'witnessed')) = 5,
                   (select count(*) from pg_proc p where p.pronamespace = n.oid
                    and (p.proname in ('confirm_standbys', 'next_value') or p.proname = 'next_block' and p.pronargs = 4)) = 3,
                   exists (select from pg_class c where c.relnamespace = n.oid and c.relname = 'sequence_witness')
            from (select (select oid from pg_namespace where nspname = '%s') as oid) n""".formatted(SequenceDdl.SCHEMA);

    private final ShardingRuntime runtime;
    private final Node node;

    SequenceCheck(ShardingRuntime runtime, Node node) {
        this.runtime = runtime;
        this.node = node;
    }

    /** Throws where the mapping has global sequences and their tables or functions differ. */
    void check() {
        if (runtime.model().sequences().isEmpty()) {
            return;
        }
        boolean hasThem =
                runtime.configuration().sequenceNode().filter(node::equals).isPresent();
        try (var connection = runtime.pools().connection(node, false);
                var statement = connection.createStatement();
                var row = statement.executeQuery(SHAPE)) {
            row.next();
            if (!hasThem && !row.getBoolean(4)) {
                throw new SchemaManagementException(
                        "the table " + SequenceDdl.WITNESS + ", in which a node keeps how far"
                                + " the global sequences of another one go, is missing. Run "
                                + String.join("; ", SequenceDdl.createWitness()) + ";");
            }
            if (hasThem && !row.getBoolean(1)) {
                throw new SchemaManagementException("the table " + SequenceDdl.TABLE
                        + " of global sequences is missing." + " Create it as Shardloom.createScripts(…) has it.");
            }
            if (hasThem && !row.getBoolean(2)) {
                throw new SchemaManagementException("the table " + SequenceDdl.TABLE + " has the shape of an earlier"
                        + " version. Run " + SequenceDdl.upgradeTable() + "; and create the functions "
                        + SequenceDdl.SCHEMA
                        + ".confirm_standbys, next_block and next_value as Shardloom.createScripts(…) has them.");
            }
            if (hasThem && !row.getBoolean(3)) {
                throw new SchemaManagementException("functions of global sequences are missing. Create "
                        + SequenceDdl.SCHEMA + ".confirm_standbys, next_block and next_value as"
                        + " Shardloom.createScripts(…) has them.");
            }
            connection.rollback();
        } catch (SQLException e) {
            throw new SchemaManagementException("its global sequences could not be read (" + e.getMessage() + ")");
        }
    }
}
