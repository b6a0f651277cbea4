package io.shardloom.benchmarks.model;

import java.util.UUID;

/**
 * The id of an order.
 *
 * @param customerId the shard key
 * @param id unique by itself
 */
public record OrderId(Long customerId, UUID id) {}
