package io.shardloom.hibernate.internal.mapping;

import io.shardloom.key.KeyType;
import java.util.List;

/** Where the rows of an entity live. */
public sealed interface EntityHome {

    /**
     * On the shard of each row's key.
     *
     * @param group the group's name
     * @param keyType the type of the key attribute
     * @param path the key attribute: its name, or the id's name and its name inside an {@code @EmbeddedId}
     * @param partOfId whether the key is part of the id, or all of it
     * @param keyColumn the key's column in the root table, as rendered in SQL
     */
    record Sharded(String group, KeyType keyType, List<String> path, boolean partOfId, String keyColumn)
            implements EntityHome {
        /** Copies the path. */
        public Sharded {
            path = List.copyOf(path);
        }

        /**
         * Returns the key attribute's own name.
         *
         * @return the last part of the path
         */
        public String attribute() {
            return path.get(path.size() - 1);
        }
    }

    /** The same rows on every node. */
    record Reference() implements EntityHome {}

    /**
     * On one node.
     *
     * @param node the node's name
     */
    record Local(String node) implements EntityHome {}
}
