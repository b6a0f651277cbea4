package io.shardloom.benchmarks.model;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.util.UUID;

/** A line of an order. */
@Entity
@Table(name = "items")
@IdClass(Item.Key.class)
public class Item {
    /**
     * The id of an item.
     *
     * @param customerId the shard key
     * @param orderId its order
     * @param number from 1 in each order
     */
    public record Key(Long customerId, UUID orderId, Integer number) {}

    @Id
    @ShardKey
    @Column(name = "customer_id")
    Long customerId;

    @Id
    @Column(name = "order_id")
    UUID orderId;

    @Id
    @Column(name = "number")
    Integer number;

    @Column(name = "article", length = 32)
    String article;

    @Column(name = "quantity")
    Integer quantity;

    /** For Hibernate. */
    protected Item() {}
}
