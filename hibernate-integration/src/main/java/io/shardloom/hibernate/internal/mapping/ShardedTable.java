package io.shardloom.hibernate.internal.mapping;

import org.hibernate.mapping.Column;

/**
 * A table whose rows are spread by a key.
 *
 * @param group the group's name
 * @param keyColumn the column that holds the key
 */
public record ShardedTable(String group, Column keyColumn) {}
