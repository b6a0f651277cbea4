package io.shardloom.ddl;

import java.util.List;

/**
 * The SQL of global sequences, for the sequence node.
 *
 * <p>A row has the next number and two bounds. Numbers below {@code replicated_until} may be handed out: the standbys
 * have been seen to know a reservation that goes so far. {@code reserved_until} is the newest reservation, a stride
 * further; a server that finds itself on another timeline than the row's has been promoted, and goes on there, past all
 * that its predecessor can have handed out.
 */
public final class SequenceDdl {

    /** The schema of everything Shardloom makes for itself in a database. */
    public static final String SCHEMA = "shardloom";

    /** The table with a row for each global sequence. */
    public static final String TABLE = SCHEMA + ".global_sequence";

    /**
     * Takes a block of numbers and returns its first one; its parameters are the name of the sequence and the size of the
     * block. Returns null after a reservation that has to be committed before a number is handed out: commit, and ask
     * again.
     */
    public static final String NEXT_BLOCK = "select " + SCHEMA + ".next_block(?, ?)";

    private static final List<String> BOUND_COLUMNS = List.of(
            "replicated_until bigint not null default 0",
            "reserved_until bigint not null default 0",
            "timeline integer not null default 0",
            "reserved_by xid8");

    private SequenceDdl() {}

    /**
     * Returns the statements that make the schema, the table and the functions; they may run again. A table of an earlier
     * shape stays as it is: {@link #upgradeTable} changes it.
     *
     * @return in the order to run them
     */
    public static List<String> createAll() {
        return List.of(createSchema(), createTable(), createWait(), createNextBlock(), createNextValue());
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
        return "create table if not exists " + TABLE + " (name text primary key, next_value bigint not null, "
                + String.join(", ", BOUND_COLUMNS) + ")";
    }

    /**
     * Returns the statement that gives a table of an earlier shape the columns it lacks; its sequences go on where they
     * are.
     *
     * @return one statement, which may run again
     */
    public static String upgradeTable() {
        return "alter table " + TABLE + " add column if not exists "
                + String.join(", add column if not exists ", BOUND_COLUMNS);
    }

    /**
     * Returns the statement that makes {@code shardloom.await_standbys()}, which returns when all standbys that stream
     * have on disk what is committed by now. Who may not read {@code pg_stat_replication} sees the standbys' slots.
     */
    private static String createWait() {
        return """
                create or replace function %s.await_standbys() returns void language plpgsql as $$
                declare
                    written pg_lsn := pg_logical_emit_message(false, 'shardloom', '', true);
                    give_up timestamptz := clock_timestamp() + interval '5 seconds';
                    pause double precision := 0.0005;
                    behind text;
                    unseen bigint;
                begin
                    loop
                        select string_agg(coalesce(sender.application_name, slot.slot_name), ', ') filter (where
                                case when sender.state is null
                                    then slot.slot_type = 'physical' and not slot.temporary
                                        and slot.restart_lsn < written
                                    else sender.state = 'streaming' and sender.replay_lsn is not null
                                        and slot.slot_type is distinct from 'logical' and sender.flush_lsn < written
                                end),
                            count(*) filter (where sender.state is null and slot.slot_name is null)
                            into behind, unseen
                            from pg_stat_replication sender
                            left join pg_replication_slots slot on slot.active_pid = sender.pid;
                        if behind is null then
                            exit;
                        end if;
                        if clock_timestamp() > give_up then
                            raise exception 'global sequences wait for standbys that stream and do not write: %%', behind
                                using errcode = 'object_not_in_prerequisite_state',
                                    hint = 'Mend or stop them; one that no longer streams is not waited for.'
                                        || ' A user with the role pg_read_all_stats tells standbys from other receivers.';
                        end if;
                        perform pg_sleep(pause);
                        perform pg_stat_clear_snapshot();
                        pause := least(pause * 2, 0.02);
                    end loop;
                    if unseen > 0 then
                        raise warning 'global sequences do not wait for %% receivers of WAL that %% cannot see',
                            unseen, current_user
                            using hint = 'Give the standbys slots, or run: grant pg_read_all_stats to '
                                || quote_ident(current_user);
                    end if;
                end
                $$""".formatted(SCHEMA);
    }

    /** Returns the statement that makes the function of {@link #NEXT_BLOCK}. */
    private static String createNextBlock() {
        return """
                create or replace function %1$s.next_block(sequence_name text, size bigint) returns bigint
                language plpgsql as $$
                declare
                    here integer := ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::integer;
                    stride bigint := greatest(1000, 100 * size);
                    seen record;
                    taken bigint;
                begin
                    if current_setting('synchronous_commit') = 'off' then
                        perform set_config('synchronous_commit', 'local', true);
                    end if;
                    loop
                        update %2$s set next_value = next_value + size
                            where name = sequence_name and timeline = here and next_value + size <= replicated_until
                            returning next_value - size into taken;
                        if found then
                            return taken;
                        end if;
                        select * into seen from %2$s where name = sequence_name;
                        if not found then
                            raise exception 'there is no global sequence %%', quote_literal(sequence_name)
                                using errcode = 'no_data_found', hint = 'Insert its row: insert into %2$s values ('
                                    || quote_literal(sequence_name) || ', 1)';
                        end if;
                        if seen.timeline <> here or seen.next_value + size > seen.reserved_until then
                            update %2$s set
                                next_value = case when timeline = here then next_value
                                    else greatest(next_value, reserved_until) end,
                                replicated_until = case when timeline = here then replicated_until else 0 end,
                                reserved_until = greatest(next_value, reserved_until) + size + stride,
                                timeline = here,
                                reserved_by = pg_current_xact_id()
                                where name = sequence_name
                                    and (timeline <> here or next_value + size > reserved_until);
                            if found then
                                return null;
                            end if;
                        elsif seen.next_value + size > seen.replicated_until then
                            if seen.reserved_by = pg_current_xact_id_if_assigned() then
                                return null;
                            end if;
                            perform %1$s.await_standbys();
                            update %2$s set
                                replicated_until = reserved_until,
                                reserved_until = reserved_until + stride,
                                reserved_by = pg_current_xact_id()
                                where name = sequence_name and timeline = here
                                    and reserved_until = seen.reserved_until;
                        end if;
                    end loop;
                end
                $$""".formatted(SCHEMA, TABLE);
    }

    /** Returns the statement that makes {@code shardloom.next_value(name)}, with which SQL takes the next number too. */
    private static String createNextValue() {
        return """
                create or replace function %1$s.next_value(sequence_name text) returns bigint language plpgsql as $$
                declare
                    taken bigint := %1$s.next_block(sequence_name, 1);
                begin
                    if taken is null then
                        update %2$s set next_value = next_value + 1 where name = sequence_name
                            returning next_value - 1 into taken;
                    end if;
                    return taken;
                end
                $$""".formatted(SCHEMA, TABLE);
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
