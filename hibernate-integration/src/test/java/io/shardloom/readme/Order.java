package io.shardloom.readme;

import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.ShardedUuid;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.util.UUID;

@Entity
@Table(name = "orders")
@IdClass(OrderId.class)
class Order {
    @Id
    @ShardKey
    UUID customerId; // decides where the row lives

    @Id
    @ShardedUuid
    UUID id; // UUIDv7, made in the application

    String status;
    BigDecimal total;

    Order() {}

    Order(String status, BigDecimal total) {
        this.status = status;
        this.total = total;
    }
}

record OrderId(UUID customerId, UUID id) {}
