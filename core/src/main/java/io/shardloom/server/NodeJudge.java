package io.shardloom.server;

import io.shardloom.config.ReplicaSettings;
import io.shardloom.topology.ServerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells which server of a node is its primary and which replicas may be read. Used under the node's lock. */
final class NodeJudge {

    /** How long a pool that gave no connection is left alone. */
    private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<Member> members;
    private final ReplicaSettings settings;
    private final Epochs epochs;

    private LsnHistory history = new LsnHistory();
    private @Nullable Member primary;
    private long cluster;
    private boolean identified;
    private boolean known;
    private int epoch;
    /** Set by a promotion that was followed here: the timeline every replica must know of. */
    private int promotedTo;

    NodeJudge(List<Member> members, ReplicaSettings settings, Epochs epochs) {
        this.members = members;
        this.settings = settings;
        this.epochs = epochs;
    }

    /** Judges all servers anew and returns who takes what from now on. */
    NodeView judge() {
        long now = System.nanoTime();
        elect();
        List<Member> replicas = new ArrayList<>();
        for (Member member : members) {
            Observed observed = member.observed();
            observed.notBusyAfter(BUSY_NANOS, now);
            Health health = member == primary ? ofPrimary(observed) : ofReplica(observed);
            member.health(health);
            if (member != primary && health.state() == ServerState.UP) {
                replicas.add(member);
            }
        }
        return NodeView.of(primary, epoch, replicas);
    }

    /**
     * Which cluster the node is, its configured primary says: another server that takes writes may be named as a replica
     * by mistake. One that cannot be asked leaves it to the others, of which one may have been promoted.
     */
    private boolean isIdentified() {
        Observed configured = members.get(0).observed();
        ProbeResult result = configured.last();
        if (!identified && result != null) {
            cluster = result.systemIdentifier();
            identified = true;
        }
        return identified || configured.isSeen();
    }

    private void elect() {
        primary = isIdentified() ? elected() : null;
    }

    private @Nullable Member elected() {
        Member best = null;
        int newest = 0;
        for (Member member : members) {
            ProbeResult result = member.observed().last();
            if (result != null && mayBePrimary(member, result)) {
                boolean better = result.timeline() > newest || (result.timeline() == newest && member == primary);
                if (best == null || better) {
                    best = member;
                    newest = result.timeline();
                }
            }
        }
        ProbeResult result = best == null ? null : best.observed().last();
        if (result != null) {
            accept(result);
        }
        return best;
    }

    private boolean mayBePrimary(Member member, ProbeResult result) {
        Observed observed = member.observed();
        boolean answers = !observed.isUnreachable() && !observed.isSuspect();
        boolean ours = !identified || result.systemIdentifier() == cluster;
        return answers && ours && !result.standby() && result.timeline() >= epochs.of(result.systemIdentifier());
    }

    private void accept(ProbeResult result) {
        cluster = result.systemIdentifier();
        identified = true;
        if (known && result.timeline() > epoch) {
            promotedTo = result.timeline();
        }
        if (!known || result.timeline() != epoch) {
            history = new LsnHistory(); // positions of different timelines are not compared
        }
        known = true;
        epoch = result.timeline();
        epochs.raise(cluster, epoch);
        history.add(result.lsn(), result.sent() + result.roundTripNanos());
    }

    private Health ofPrimary(Observed observed) {
        return new Health(ServerState.UP, epoch, -1, -1, observed.latencyNanos(), observed.lastError());
    }

    private Health ofReplica(Observed observed) {
        ProbeResult result = observed.last();
        if (observed.isUnreachable()) {
            return out(observed, ServerState.DOWN);
        }
        if (observed.isSuspect()) {
            return out(observed, ServerState.SUSPECT);
        }
        if (observed.refuses()) {
            return out(observed, ServerState.REFUSING);
        }
        if (result == null) {
            return out(observed, ServerState.UNKNOWN);
        }
        if (identified && result.systemIdentifier() != cluster) {
            observed.note("its system identifier is " + result.systemIdentifier() + ", the node's is " + cluster);
            return out(observed, ServerState.WRONG_NODE);
        }
        if (!result.standby()) {
            observed.note("takes writes on timeline " + result.timeline() + ", the node's primary is on timeline "
                    + Math.max(epoch, epochs.of(result.systemIdentifier())));
            return out(observed, ServerState.DEPOSED);
        }
        return following(observed, result);
    }

    private Health following(Observed observed, ProbeResult result) {
        long behind = history.isEmpty() ? -1 : Math.max(0, history.last() - result.lsn());
        long lag = history.isEmpty() ? -1 : history.lagNanos(result.lsn(), result.sent() + result.roundTripNanos());
        int wanted = wantedEpoch();
        ServerState state = ServerState.UP;
        if (result.epochOf(cluster) < wanted) {
            state = ServerState.LAGGING;
            observed.note("has not followed to timeline " + wanted);
        } else if (lag > settings.maxLag().toNanos()
                || behind > settings.maxLagBytes().orElse(Long.MAX_VALUE)) {
            state = ServerState.LAGGING;
            observed.note(
                    String.format(Locale.ROOT, "is %d bytes and %d ms behind its primary", behind, lag / 1_000_000));
        } else if (observed.isBusy()) {
            state = ServerState.BUSY;
        }
        return new Health(state, result.timeline(), behind, lag, observed.latencyNanos(), observed.lastError());
    }

    /** The timeline that a replica must have in its copy of the table: a follower of a deposed primary never gets it. */
    private int wantedEpoch() {
        Member current = primary;
        ProbeResult result = current == null ? null : current.observed().last();
        int noted = result == null ? 0 : result.epochOf(cluster);
        return Math.max(noted, promotedTo);
    }

    /** The timelines cannot be noted in the database, so replicas cannot be asked for them. */
    void noEpochTable() {
        promotedTo = 0;
    }

    private Health out(Observed observed, ServerState state) {
        ProbeResult result = observed.last();
        return new Health(
                state, result == null ? 0 : result.timeline(), -1, -1, observed.latencyNanos(), observed.lastError());
    }

    /** Returns the system identifier of the node's servers; null while it is not known. */
    @Nullable
    Long cluster() {
        return identified ? cluster : null;
    }
}
