package io.shardloom.hibernate.internal.write;

import io.shardloom.hibernate.internal.mapping.EntityHome;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.persister.entity.EntityPersister;

/** The key readers of one unit's entities, each made at its first use. Thread-safe. */
final class KeyReaders {
    private final Map<String, KeyReader> readers = new ConcurrentHashMap<>();

    KeyReader of(EntityPersister persister, EntityHome.Sharded home) {
        var known = readers.get(persister.getEntityName());
        return known != null
                ? known
                : readers.computeIfAbsent(persister.getEntityName(), name -> new KeyReader(persister, home));
    }
}
