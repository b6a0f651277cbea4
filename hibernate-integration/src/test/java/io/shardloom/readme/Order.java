package io.shardloom.readme;

import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.ShardedUuid;
import io.shardloom.hibernate.Shardloom;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.NamedNativeQuery;
import jakarta.persistence.QueryHint;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.util.UUID;
import org.hibernate.jpa.HibernateHints;

@NamedNativeQuery(
        name = "newOrders",
        query = "select count(*) from orders where customerId = :key and status = 'new'",
        resultClass = Long.class,
        hints = @QueryHint(name = HibernateHints.HINT_QUERY_DATABASE, value = Shardloom.UNCHECKED))
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
