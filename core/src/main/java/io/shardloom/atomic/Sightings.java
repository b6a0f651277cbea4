package io.shardloom.atomic;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * When this JVM has first seen what is prepared. A server tells the age of a part by its clock, and after a promotion by
 * another clock than the one by which the part was prepared; a part is at least as old as it has been seen. Thread-safe.
 */
final class Sightings {

    private final LongSupplier nanoTime;
    private final Map<String, Map<String, Long>> firstSeen = new ConcurrentHashMap<>();

    Sightings(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Returns what is prepared on a node, none younger than it has been seen there; forgets what is gone. */
    List<NodeLink.Prepared> aged(String node, List<NodeLink.Prepared> prepared) {
        Map<String, Long> seen = firstSeen.computeIfAbsent(node, name -> new ConcurrentHashMap<>());
        seen.keySet().retainAll(prepared.stream().map(NodeLink.Prepared::gid).toList());
        long now = nanoTime.getAsLong();
        return prepared.stream()
                .map(one -> {
                    Long before = seen.putIfAbsent(one.gid(), now);
                    Duration known = Duration.ofNanos(before == null ? 0 : now - before);
                    return one.age().compareTo(known) >= 0 ? one : new NodeLink.Prepared(one.id(), one.gid(), known);
                })
                .toList();
    }
}
