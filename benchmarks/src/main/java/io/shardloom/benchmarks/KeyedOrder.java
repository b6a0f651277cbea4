package io.shardloom.benchmarks;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;

/** The entity that is read and written, by Shardloom and by plain Hibernate. */
@Entity
@Table(name = "keyed_order")
@IdClass(KeyedOrder.Key.class)
@NullUnmarked
public class KeyedOrder {
    /**
     * The composite id.
     *
     * @param customerId the shard key
     * @param number unique within a customer
     */
    public record Key(UUID customerId, int number) {}

    @Id
    @ShardKey
    UUID customerId;

    @Id
    int number;

    String status;
    long cents;

    /** For Hibernate. */
    protected KeyedOrder() {}

    KeyedOrder(UUID customerId, int number) {
        this.customerId = customerId;
        this.number = number;
        this.status = "new";
    }
}
