package io.shardloom.benchmarks.model;

import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.ShardedUuid;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Index;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.UUID;

/**
 * An order. Where Shardloom is not on the class path, its annotations are not there either, and this is a plain entity.
 */
@Entity
@Table(
        name = "orders",
        indexes = {@Index(columnList = "id"), @Index(columnList = "created, id")})
@IdClass(OrderId.class)
public class Order {
    @Id
    @ShardKey
    @Column(name = "customer_id")
    Long customerId;

    @Id
    @ShardedUuid
    @Column(name = "id")
    UUID id;

    @Column(name = "status", length = 16)
    String status;

    @Column(name = "total", precision = 12, scale = 2)
    BigDecimal total;

    @Column(name = "created")
    LocalDateTime created;

    /** For Hibernate. */
    protected Order() {}

    /**
     * Makes a new order.
     *
     * @param customerId its customer
     * @param id its id, or null where the side makes ids
     * @param total its total
     * @param created when it was made
     */
    public Order(Long customerId, UUID id, BigDecimal total, LocalDateTime created) {
        this.customerId = customerId;
        this.id = id;
        this.status = "new";
        this.total = total;
        this.created = created;
    }

    /**
     * Changes the order, so that there is something to write.
     *
     * @param newTotal the new total
     */
    public void reprice(BigDecimal newTotal) {
        total = newTotal;
    }

    /**
     * Returns the customer it belongs to.
     *
     * @return its shard key
     */
    public Long customerId() {
        return customerId;
    }

    @Override
    public String toString() {
        return customerId + " " + id + " " + status + " " + total + " " + created;
    }
}
