package io.shardloom.ddl;

import java.util.List;

/** The SQL of global sequences, for the sequence node. */
public final class SequenceDdl {

    /** The schema of everything Shardloom makes for itself in a database. */
    public static final String SCHEMA = "shardloom";

    /** The table with a row for each global sequence. */
    public static final String TABLE = SCHEMA + ".global_sequence";

    /**
     * Takes a block of numbers and returns its first one; its parameters are the size of the block, the name of the
     * sequence, and the size again.
     */
    public static final String NEXT_BLOCK =
            "update " + TABLE + " set next_value = next_value + ? where name = ? returning next_value - ?";

    private SequenceDdl() {}

    /**
     * Returns the statements that make the schema, the table and the function; they may run again.
     *
     * @return in the order to run them
     */
    public static List<String> createAll() {
        return List.of(createSchema(), createTable(), createFunction());
    }

    /**
     * Returns the statement that makes the schema if it is not there.
     *
     * @return one statement
     */
    public static String createSchema() {
        return "create schema if not exists " + SCHEMA;
    }

    /**
     * Returns the statement that makes the table if it is not there.
     *
     * @return one statement
     */
    public static String createTable() {
        return "create table if not exists " + TABLE + " (name text primary key, next_value bigint not null)";
    }

    /**
     * Returns the statement that makes {@code shardloom.next_value(name)}, with which SQL takes the next number too.
     *
     * @return one statement
     */
    public static String createFunction() {
        return """
                create or replace function %s.next_value(sequence_name text) returns bigint language plpgsql as $$
                declare
                    taken bigint;
                begin
                    update %s set next_value = next_value + 1 where name = sequence_name
                        returning next_value - 1 into taken;
                    if taken is null then
                        raise exception 'there is no global sequence %%', quote_literal(sequence_name)
                            using hint = 'Insert its row: insert into %s values ('
                                || quote_literal(sequence_name) || ', 1)';
                    end if;
                    return taken;
                end
                $$""".formatted(SCHEMA, TABLE, TABLE);
    }

    /**
     * Returns the statement that makes a sequence if it is not there; its first number is 1.
     *
     * @param name the sequence's name
     * @return one statement
     */
    public static String createSequence(String name) {
        return createSequence(name, 1);
    }

    /**
     * Returns the statement that makes a sequence if it is not there.
     *
     * @param name the sequence's name
     * @param first its first number
     * @return one statement
     */
    public static String createSequence(String name, long first) {
        return "insert into " + TABLE + " values (" + Identifiers.literal(name) + ", " + first
                + ") on conflict (name) do nothing";
    }

    /**
     * Returns the statement that forgets a sequence, so that it starts at 1 when it is made again.
     *
     * @param name the sequence's name
     * @return one statement, which may run where there is no table of sequences
     */
    public static String dropSequence(String name) {
        return "do $$ begin if to_regclass('" + TABLE + "') is not null then delete from " + TABLE + " where name = "
                + Identifiers.literal(name) + "; end if; end $$";
    }
}
