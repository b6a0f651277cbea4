package io.shardloom.hibernate.internal.cache;

import io.shardloom.hibernate.internal.connection.NodeScope;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * Takes all that is cached for stale when recovery has committed a node's part of a transaction: until then that node showed
 * the rows of before, to readers that came after the transaction had told the caches.
 *
 * @param factory whose caches these are
 */
public record RecoveredRows(ShardSessionFactory factory) implements Runnable {
    @Override
    public void run() {
        if (factory.isClosed()) {
            return;
        }
        var cache = factory.getCache();
        var timestamps = cache.getTimestampsCache();
        if (timestamps != null) {
            var node = factory.runtime().firstNode().name();
            try (var session = factory.withOptions()
                    .tenantIdentifier((Object) new NodeScope(node))
                    .openSession()) { // sends nothing
                timestamps.invalidate(tables().toArray(String[]::new), session);
            }
        }
        cache.evictAllRegions();
    }

    private Set<String> tables() {
        var all = new TreeSet<String>();
        var metamodel = factory.getMappingMetamodel();
        metamodel.forEachEntityDescriptor(
                entity -> Arrays.stream(entity.getQuerySpaces()).forEach(space -> all.add(space.toString())));
        metamodel.forEachCollectionDescriptor(collection ->
                Arrays.stream(collection.getCollectionSpaces()).forEach(space -> all.add(space.toString())));
        return all;
    }
}
