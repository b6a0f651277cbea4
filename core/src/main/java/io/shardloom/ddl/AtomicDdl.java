package io.shardloom.ddl;

import java.util.List;

/** The SQL of atomic commits, for every node: each can be the one that decides. */
public final class AtomicDdl {

    /** The table with a row for each transaction of several nodes that this node has decided to commit. */
    public static final String DECISIONS = SequenceDdl.SCHEMA + ".atomic_decision";

    /** The table whose one row tells this database from all others. */
    public static final String NODE = SequenceDdl.SCHEMA + ".atomic_node";

    private AtomicDdl() {}

    /**
     * Returns the statements that make the schema, the tables and the row of this database; they may run again.
     *
     * @return in the order to run them
     */
    public static List<String> createAll() {
        return List.of(
                SequenceDdl.createSchema(),
                "create table if not exists " + NODE + " (one boolean primary key default true check (one),"
                        + " identity uuid not null default gen_random_uuid())",
                "insert into " + NODE + " default values on conflict (one) do nothing",
                "create table if not exists " + DECISIONS + " (transaction_id uuid primary key,"
                        + " participants uuid[] not null, decided_at timestamptz not null default clock_timestamp())",
                "create index if not exists atomic_decision_decided_at on " + DECISIONS + " (decided_at)");
    }
}
