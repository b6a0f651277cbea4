package io.shardloom.atomic;

import io.shardloom.topology.Node;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One look at all nodes. Any number of them may run at once, in any number of JVMs. Used once, by one thread. */
final class RecoveryPass implements AutoCloseable {

    /** How many decisions one pass forgets on a node. */
    static final int FORGET_AT_ONCE = 20_000;

    /** A decision on the deciding node, and why it could not be had. */
    private record Answer(@Nullable Verdict verdict, String why) {}

    private final RecoverySettings settings;
    private final Map<String, NodeLink> links = new LinkedHashMap<>();
    private final Map<String, String> unreachable = new LinkedHashMap<>();
    private final Map<UUID, Answer> answers = new HashMap<>();

    /** What was prepared when the pass began, by node. */
    private final Map<String, List<NodeLink.Prepared>> prepared = new LinkedHashMap<>();

    /** Decisions old enough to be forgotten, by deciding node; read before the above. */
    private final Map<String, Map<UUID, Set<UUID>>> old = new LinkedHashMap<>();

    private final Sightings sightings;

    private RecoveryPass(RecoverySettings settings, Sightings sightings) {
        this.settings = settings;
        this.sightings = sightings;
    }

    /** Reads what is prepared, after the decisions that may be forgotten if nothing of theirs is. */
    static RecoveryPass begin(
            List<Node> nodes, NodeLink.Opener opener, RecoverySettings settings, Sightings sightings) {
        RecoveryPass pass = new RecoveryPass(settings, sightings);
        try {
            pass.read(nodes, opener);
            return pass;
        } catch (RuntimeException e) {
            pass.close();
            throw e;
        }
    }

    private void read(List<Node> nodes, NodeLink.Opener opener) {
        for (Node node : nodes) {
            try {
                links.put(node.name(), NodeLink.open(node, opener));
            } catch (SQLException e) {
                unreachable.put(node.name(), SqlFailures.reason(e));
            }
        }
        Set<UUID> asked = identitiesOf(links.values());
        onEach(link -> {
            if (link.identity().isPresent()) {
                old.put(link.node().name(), link.decidedBefore(settings.retention(), asked, FORGET_AT_ONCE));
            }
        });
        onEach(link ->
                prepared.put(link.node().name(), sightings.aged(link.node().name(), link.prepared())));
    }

    /**
     * Returns the identities of the nodes. One that two nodes have is left out: one of them is a copy of the other, and
     * what either says does not hold for both.
     */
    private static Set<UUID> identitiesOf(Collection<NodeLink> links) {
        Set<UUID> found = new HashSet<>();
        Set<UUID> twice = new HashSet<>();
        for (NodeLink link : links) {
            link.identity().filter(identity -> !found.add(identity)).ifPresent(twice::add);
        }
        found.removeAll(twice);
        return found;
    }

    private interface Step {
        void on(NodeLink link) throws SQLException;
    }

    private void onEach(Step step) {
        for (NodeLink link : List.copyOf(links.values())) {
            try {
                step.on(link);
            } catch (SQLException e) {
                drop(link, e);
            }
        }
    }

    private void drop(NodeLink link, SQLException failure) {
        unreachable.put(link.node().name(), SqlFailures.reason(failure));
        links.remove(link.node().name());
        link.close();
    }

    /** Tells whether the next pass should come soon: something was left, or not all could be forgotten. */
    boolean wantsAnother() {
        return prepared.values().stream().anyMatch(list -> !list.isEmpty())
                || old.values().stream().anyMatch(decisions -> decisions.size() == FORGET_AT_ONCE);
    }

    /** Says what is prepared, and changes nothing. */
    RecoveryReport status() {
        List<InDoubt> inDoubt = new ArrayList<>();
        prepared.forEach((node, list) -> list.forEach(one -> {
            Answer answer = answer(one, false);
            inDoubt.add(inDoubt(node, one, answer, answer.why));
        }));
        return new RecoveryReport(0, 0, inDoubt, unreachable);
    }

    /** Finishes what was prepared at least so long ago, and forgets decisions nobody needs. */
    RecoveryReport finish(Duration minimumAge) {
        int committed = 0;
        int rolledBack = 0;
        List<InDoubt> inDoubt = new ArrayList<>();
        for (Map.Entry<String, List<NodeLink.Prepared>> entry : prepared.entrySet()) {
            for (NodeLink.Prepared one : entry.getValue()) {
                if (one.age().compareTo(minimumAge) < 0) {
                    continue;
                }
                Answer answer = answer(one, true);
                NodeLink link = links.get(entry.getKey());
                if (answer.verdict == null || answer.verdict == Verdict.RUNNING || link == null) {
                    inDoubt.add(inDoubt(entry.getKey(), one, answer, link == null ? lost(entry.getKey()) : answer.why));
                    continue;
                }
                boolean commit = answer.verdict == Verdict.COMMITTED;
                try {
                    boolean done = link.finish(one.gid(), commit);
                    committed += done && commit ? 1 : 0;
                    rolledBack += done && !commit ? 1 : 0;
                } catch (SQLException e) {
                    inDoubt.add(inDoubt(entry.getKey(), one, answer, refused(entry.getKey(), e)));
                }
            }
        }
        forget();
        return new RecoveryReport(committed, rolledBack, inDoubt, unreachable);
    }

    private String lost(String node) {
        return "node " + node + " does not answer any more (" + unreachable.get(node) + ").";
    }

    private static String refused(String node, SQLException failure) {
        return "node " + node + " refuses to finish it (" + SqlFailures.reason(failure)
                + "). Only the user who prepared it, or a superuser, may.";
    }

    private static InDoubt inDoubt(String node, NodeLink.Prepared one, Answer answer, String why) {
        InDoubt.State state = answer.verdict == null
                ? InDoubt.State.UNKNOWN
                : switch (answer.verdict) {
                    case COMMITTED -> InDoubt.State.TO_COMMIT;
                    case ROLLED_BACK -> InDoubt.State.TO_ROLL_BACK;
                    case RUNNING -> InDoubt.State.OPEN;
                };
        return new InDoubt(
                one.id().transaction(),
                node,
                one.gid(),
                one.age(),
                state,
                one.id().decidingNode(),
                why);
    }

    private Answer answer(NodeLink.Prepared one, boolean mayFence) {
        UUID transaction = one.id().transaction();
        Answer known = answers.get(transaction);
        if (known == null) {
            known = ask(one, mayFence);
            answers.put(transaction, known);
        }
        return known;
    }

    private Answer ask(NodeLink.Prepared one, boolean mayFence) {
        GlobalTransactionId id = one.id();
        NodeLink decider = deciderOf(id);
        if (decider == null) {
            return new Answer(null, withoutDecider(id));
        }
        String name = decider.node().name();
        try {
            Verdict verdict = decider.verdict(id.transaction());
            if (verdict == Verdict.RUNNING
                    && mayFence
                    && one.age().compareTo(settings.fenceAfter()) >= 0
                    && decider.fence(id.xid())) {
                verdict = decider.verdict(id.transaction());
            }
            return new Answer(
                    verdict,
                    switch (verdict) {
                        case COMMITTED -> "node " + name + " has decided to commit it; recovery has not been here yet.";
                        case ROLLED_BACK ->
                            "it was never decided on node " + name + "; recovery has not been here yet.";
                        case RUNNING -> "the deciding transaction " + id.xid() + " is still open on node " + name + ".";
                    });
        } catch (SQLException e) {
            drop(decider, e);
            return new Answer(null, "the deciding node " + name + " does not answer (" + SqlFailures.reason(e) + ").");
        }
    }

    /**
     * Returns the node whose database decides. A database may be under another name than it was; but where it could also
     * be a copy of the one that is meant, its word is not taken.
     */
    private @Nullable NodeLink deciderOf(GlobalTransactionId id) {
        List<NodeLink> candidates = links.values().stream()
                .filter(link -> link.identity().filter(id.decider()::equals).isPresent())
                .toList();
        for (NodeLink link : candidates) {
            if (id.isDecidedOn(link.node().name())) {
                return link;
            }
        }
        return candidates.size() == 1 && unreachable.isEmpty() ? candidates.get(0) : null;
    }

    private String withoutDecider(GlobalTransactionId id) {
        if (unreachable.containsKey(id.decidingNode())) {
            return "the deciding node " + id.decidingNode() + " cannot be reached ("
                    + unreachable.get(id.decidingNode()) + ").";
        }
        return "no node reached is the database " + id.decider() + " that decides it (its node was called "
                + id.decidingNode() + (unreachable.isEmpty() ? "" : "; not reached: " + unreachable.keySet())
                + "). It may belong to another cluster that shares this server.";
    }

    /**
     * Forgets decisions whose parts are all finished. They were read before what is prepared, and all parts are prepared
     * before the decision can be read: what was not prepared then is finished for good.
     */
    private void forget() {
        Set<UUID> asked = identitiesOf(links.values().stream()
                .filter(link -> prepared.containsKey(link.node().name()))
                .toList());
        Set<UUID> needed = new HashSet<>();
        prepared.values()
                .forEach(list -> list.forEach(one -> needed.add(one.id().transaction())));
        onEach(link -> {
            Map<UUID, Set<UUID>> decisions = old.getOrDefault(link.node().name(), Map.of());
            List<UUID> done = decisions.keySet().stream()
                    .filter(id -> !needed.contains(id) && asked.containsAll(Objects.requireNonNull(decisions.get(id))))
                    .toList();
            if (!done.isEmpty()) {
                link.forget(done);
            }
        });
    }

    @Override
    public void close() {
        links.values().forEach(NodeLink::close);
    }
}
