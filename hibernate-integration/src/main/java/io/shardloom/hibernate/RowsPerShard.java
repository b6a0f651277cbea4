package io.shardloom.hibernate;

import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.topology.ShardGroup;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.Session;

/** Counts rows by shard: keys and their counts come from each node, the shard of a key from the group's own rule. */
final class RowsPerShard {
    private final Shardloom shardloom;
    private final ShardSessionFactory factory;

    RowsPerShard(Shardloom shardloom, ShardSessionFactory factory) {
        this.shardloom = shardloom;
        this.factory = factory;
    }

    List<ShardRows> count(Class<?> entity) {
        var persister = factory.getMappingMetamodel().findEntityDescriptor(entity);
        var home = persister == null ? null : factory.runtime().model().home(persister.getEntityName());
        if (!(home instanceof EntityHome.Sharded sharded)) {
            throw new ShardloomException(
                    entity.getName() + " is not a sharded entity of this unit, so its rows are in no shard.");
        }
        var group = shardloom.sharding().group(sharded.group());
        long[] rows = new long[group.shards().size()];
        for (var node : shardloom.sharding().nodes()) {
            shardloom.inNodeTransaction(
                    node.name(), session -> add(session, entity, String.join(".", sharded.path()), group, rows));
        }
        var counts = new ArrayList<ShardRows>();
        for (var shard : group.shards()) {
            var node = shardloom.sharding().shardMap().nodeOf(group.name(), shard.number());
            counts.add(new ShardRows(shard, node, rows[shard.number()]));
        }
        return counts;
    }

    private static void add(Session session, Class<?> entity, String path, ShardGroup group, long[] rows) {
        var query = session.createSelectionQuery(
                "select e." + path + ", count(*) from " + entity.getName() + " e group by e." + path, Object[].class);
        try (var results = query.setFetchSize(1000).getResultStream()) {
            results.forEach(
                    row -> rows[group.shardOf(group.keyType().canonical(row[0])).number()] += (Long) row[1]);
        }
    }
}
