package io.shardloom.ddl;

import java.util.List;

/**
 * The SQL of global sequences, for the sequence node and for the other nodes, which are its witnesses.
 *
 * <p>A row has the next number and two bounds. Numbers below {@code replicated_until} may be handed out: the witnesses
 * and the standbys that stream have been seen to know a reservation that goes so far. {@code reserved_until} is the newest
 * reservation, a stride further. A server that finds itself on another timeline than the row's has been promoted, maybe
 * with a copy of long ago; it goes on past the highest reservation that it or a witness knows, so past all that its
 * predecessor can have handed out.
 */
public final class SequenceDdl {

    /** The schema of everything Shardloom makes for itself in a database. */
    public static final String SCHEMA = "shardloom";

    /** The table with a row for each global sequence. */
    public static final String TABLE = SCHEMA + ".global_sequence";

    /** The table on every other node with what it has been told of each sequence. */
    public static final String WITNESS = SCHEMA + ".sequence_witness";

    /**
     * Takes a block of numbers. Its parameters are the name of the sequence; the size of the block; the bound that enough
     * witnesses hold, -1 before they were asked, null where there are none; and how many standbys must have the
     * reservation on disk, beside all that stream. Its columns are the first number or null; what to do first where it is
     * null: {@code commit}, {@code attest} a bound or ask for the highest {@code bound}, and then call again; that bound;
     * and the server's timeline.
     */
    public static final String NEXT_BLOCK =
            "select first, wanted, bound, line from " + SCHEMA + ".next_block(?, ?, ?, ?)";

    /**
     * Tells a witness of a bound and returns the highest one it has been told of; no row where it has been told of a later
     * timeline. Its parameters are the name of the sequence, the bound, or 0 to ask, and the timeline. On disk when it
     * returns.
     */
    public static final String ATTEST = "insert into " + WITNESS + " as w (name, bound, timeline) select ?, ?, ?"
            + " where case current_setting('synchronous_commit')"
            + " when 'off' then set_config('synchronous_commit', 'local', true) = 'local' else true end"
            + " on conflict (name) do update set bound = greatest(w.bound, excluded.bound),"
            + " timeline = excluded.timeline where w.timeline <= excluded.timeline returning bound";

    private static final List<String> BOUND_COLUMNS = List.of(
            "replicated_until bigint not null default 0",
            "reserved_until bigint not null default 0",
            "timeline integer not null default 0",
            "reserved_by xid8",
            "witnessed boolean not null default false");

    private SequenceDdl() {}

    /**
     * Returns the statements that make the schema, the table and the functions; they may run again. A table of an earlier
     * shape stays as it is: {@link #upgradeTable} changes it.
     *
     * @return in the order to run them
     */
    public static List<String> createAll() {
        return List.of(createSchema(), createTable(), createConfirm(), createNextBlock(), createNextValue());
    }

    /**
     * Returns the statements that make what a witness needs; they may run again.
     *
     * @return in the order to run them
     */
    public static List<String> createWitness() {
        return List.of(
                createSchema(),
                "create table if not exists " + WITNESS
                        + " (name text primary key, bound bigint not null, timeline integer not null)");
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
     * Returns the statement that makes {@code shardloom.confirm_standbys()}, which returns when all standbys that stream
     * have on disk what is committed by now, and how many they are. Who may not read {@code pg_stat_replication} sees the standbys' slots.
     */
    private static String createConfirm() {
        return """
                create or replace function %s.confirm_standbys() returns bigint language plpgsql as $$
                declare
                    written pg_lsn := pg_logical_emit_message(false, 'shardloom', '', true);
                    give_up timestamptz := clock_timestamp() + interval '5 seconds';
                    pause double precision := 0.0005;
                    behind text;
                    unseen bigint;
                    known bigint;
                begin
                    loop
                        select string_agg(coalesce(sender.application_name, slot.slot_name), ', ') filter (where
                                case when sender.state is null
                                    then slot.slot_type = 'physical' and not slot.temporary
                                        and slot.restart_lsn < written
                                    else sender.state = 'streaming' and sender.replay_lsn is not null
                                        and slot.slot_type is distinct from 'logical' and sender.flush_lsn < written
                                end),
                            count(*) filter (where sender.state is null and slot.slot_name is null),
                            count(*) filter (where
                                case when sender.state is null
                                    then slot.slot_type = 'physical' and not slot.temporary
                                    else sender.state = 'streaming' and sender.replay_lsn is not null
                                        and slot.slot_type is distinct from 'logical'
                                end)
                            into behind, unseen, known
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
                    return known;
                end
                $$""".formatted(SCHEMA);
    }

    /** Returns the statement that makes the function of {@link #NEXT_BLOCK}. */
    private static String createNextBlock() {
        return """
                create or replace function %1$s.next_block(sequence_name text, size bigint, attested bigint,
                    least_standbys bigint, out first bigint, out wanted text, out bound bigint, out line integer)
                language plpgsql as $$
                declare
                    stride bigint := greatest(1000, 100 * size);
                    seen record;
                    confirmed bigint;
                begin
                    line := ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::integer;
                    if current_setting('synchronous_commit') = 'off' then
                        perform set_config('synchronous_commit', 'local', true);
                    end if;
                    loop
                        update %2$s set next_value = next_value + size
                            where name = sequence_name and timeline = line and next_value + size <= replicated_until
                            returning next_value - size into first;
                        if found then
                            return;
                        end if;
                        select * into seen from %2$s where name = sequence_name;
                        if not found then
                            raise exception 'there is no global sequence %%', quote_literal(sequence_name)
                                using errcode = 'no_data_found', hint = 'Insert its row: insert into %2$s values ('
                                    || quote_literal(sequence_name) || ', 1)';
                        end if;
                        if seen.timeline <> line then
                            if attested is null and seen.witnessed then
                                raise exception 'global sequence %% was handed out by a server before this one, and only'
                                    ' the other nodes know how far', quote_literal(sequence_name)
                                    using errcode = 'object_not_in_prerequisite_state',
                                        hint = 'The next number that an application takes settles it.';
                            elsif attested < 0 then
                                wanted := 'bound';
                                return;
                            end if;
                            update %2$s set
                                next_value = greatest(next_value, reserved_until, attested),
                                replicated_until = 0,
                                reserved_until = greatest(next_value, reserved_until, attested) + size + stride,
                                timeline = line,
                                reserved_by = pg_current_xact_id()
                                where name = sequence_name and timeline <> line;
                            if found then
                                wanted := 'commit';
                                return;
                            end if;
                        elsif seen.next_value + size > seen.reserved_until then
                            update %2$s set
                                reserved_until = greatest(next_value, reserved_until) + size + stride,
                                reserved_by = pg_current_xact_id()
                                where name = sequence_name and timeline = line
                                    and next_value + size > reserved_until;
                            if found then
                                wanted := 'commit';
                                return;
                            end if;
                        elsif seen.next_value + size > seen.replicated_until then
                            if seen.reserved_by = pg_current_xact_id_if_assigned() then
                                wanted := 'commit';
                                return;
                            elsif attested < seen.reserved_until then
                                wanted := 'attest';
                                bound := seen.reserved_until;
                                return;
                            end if;
                            confirmed := %1$s.confirm_standbys();
                            if confirmed < least_standbys then
                                raise exception 'no other node knows how far global sequence %% is handed out, and %% of %%'
                                    ' standbys stream', quote_literal(sequence_name), confirmed, least_standbys
                                    using errcode = 'object_not_in_prerequisite_state',
                                        hint = 'Mend the other nodes, or the standbys.';
                            end if;
                            update %2$s set
                                replicated_until = reserved_until,
                                reserved_until = reserved_until + stride,
                                reserved_by = pg_current_xact_id(),
                                witnessed = witnessed or attested is not null
                                where name = sequence_name and timeline = line
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
                    taken bigint := (%1$s.next_block(sequence_name, 1, null, 0)).first;
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
     * Returns the statement that forgets a sequence, so that it starts at 1 when it is made again, on its node or on
     * a witness.
     *
     * @param name the sequence's name
     * @return one statement, which may run where there is no such table
     */
    public static String dropSequence(String name) {
        return "do $$ begin " + delete(TABLE, name) + delete(WITNESS, name) + "end $$";
    }

    private static String delete(String table, String name) {
        return "if to_regclass('" + table + "') is not null then delete from " + table + " where name = "
                + Identifiers.literal(name) + "; end if; ";
    }
}
