package io.shardloom.server;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The newest timeline known of each cluster of servers, by its system identifier. Only ever raised. Thread-safe. */
final class Epochs {

    private final Map<Long, Integer> newest = new ConcurrentHashMap<>();

    int of(long cluster) {
        return newest.getOrDefault(cluster, 0);
    }

    void raise(long cluster, int timeline) {
        newest.merge(cluster, timeline, Math::max);
    }

    void raiseAll(Map<Long, Integer> known) {
        known.forEach(this::raise);
    }

    /** Returns what is known here and not there; a first timeline goes without saying. */
    Map<Long, Integer> missingIn(Map<Long, Integer> there) {
        Map<Long, Integer> missing = new HashMap<>();
        newest.forEach((cluster, timeline) -> {
            if (there.getOrDefault(cluster, 1) < timeline) {
                missing.put(cluster, timeline);
            }
        });
        return missing;
    }
}
