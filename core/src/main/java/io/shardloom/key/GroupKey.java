package io.shardloom.key;

import java.io.Serializable;

/**
 * A shard key of a group. It says nothing of shards, nodes or replicas, so it stays the same when a shard moves.
 *
 * <p>Immutable; two are equal when group and value are.
 *
 * @param group the group's name, of the form {@code [a-z][a-z0-9_]*}
 * @param type the group's key type
 * @param value the key in the type's one Java form, see {@link KeyType#canonical(Object)}
 */
public record GroupKey(String group, KeyType type, Object value) implements Serializable {

    /**
     * Brings the value into the type's one Java form.
     *
     * @throws io.shardloom.failure.InvalidShardKeyException if the value cannot be a key of this type
     */
    public GroupKey {
        value = type.canonical(value);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof GroupKey key && value.equals(key.value) && group.equals(key.group));
    }

    @Override
    public int hashCode() {
        return 31 * group.hashCode() + value.hashCode();
    }

    /** Returns {@code group:text}; no two different keys have the same text. */
    @Override
    public String toString() {
        return group + ':' + type.text(value);
    }
}
