package io.shardloom.server;

import io.shardloom.choice.Candidates;
import io.shardloom.topology.Server;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who takes what at a node. Immutable. */
final class NodeView {

    private final @Nullable Member primary;
    private final int epoch;
    private final Group replicas;
    private final Group all;

    private NodeView(@Nullable Member primary, int epoch, Group replicas, Group all) {
        this.primary = primary;
        this.epoch = epoch;
        this.replicas = replicas;
        this.all = all;
    }

    /** Returns the server that takes writes; null while there is none. */
    @Nullable
    Member primary() {
        return primary;
    }

    /** Returns the primary's timeline, or that of the last one. */
    int epoch() {
        return epoch;
    }

    /** Returns the replicas that are up. */
    Group replicas() {
        return replicas;
    }

    /** Returns the primary, if there is one, and the replicas that are up. */
    Group all() {
        return all;
    }

    /** No server at all. */
    static final Group NOBODY = new Group(new Member[0]);

    static NodeView of(@Nullable Member primary, int epoch, List<Member> replicas) {
        Member[] all = new Member[replicas.size() + (primary == null ? 0 : 1)];
        int at = 0;
        if (primary != null) {
            all[at++] = primary;
        }
        for (Member replica : replicas) {
            all[at++] = replica;
        }
        return new NodeView(primary, epoch, new Group(replicas.toArray(Member[]::new)), new Group(all));
    }

    boolean isSame(NodeView other) {
        return primary == other.primary
                && epoch == other.epoch
                && List.of(replicas.members).equals(List.of(other.replicas.members));
    }

    /** Some servers of a node, as a strategy sees them. */
    static final class Group implements Candidates {

        private final Member[] members;

        Group(Member[] members) {
            this.members = members;
        }

        Member member(int number) {
            return members[number];
        }

        @Override
        public int size() {
            return members.length;
        }

        @Override
        public Server server(int number) {
            return members[number].server();
        }

        @Override
        public int weight(int number) {
            return members[number].weight();
        }

        @Override
        public Optional<String> zone(int number) {
            return members[number].zone();
        }

        @Override
        public boolean near(int number) {
            return members[number].near();
        }

        @Override
        public int inUse(int number) {
            return members[number].pool().active();
        }

        @Override
        public long latencyNanos(int number) {
            return members[number].health().latencyNanos();
        }
    }
}
