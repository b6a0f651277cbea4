package io.shardloom.hibernate.shop;

import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.ShardedUuid;
import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

@Entity
@Table(name = "orders")
@IdClass(Order.Key.class)
public class Order {
    public static class Key {
        public UUID customerId;
        public UUID id;

        public Key() {}

        public Key(UUID customerId, UUID id) {
            this.customerId = customerId;
            this.id = id;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && customerId.equals(key.customerId) && id.equals(key.id);
        }

        @Override
        public int hashCode() {
            return Objects.hash(customerId, id);
        }
    }

    @Id
    @ShardKey(group = "shop")
    public UUID customerId;

    @Id
    @ShardedUuid
    public UUID id;

    public String status;
    public BigDecimal total;

    @ManyToOne
    @JoinColumn(name = "customerId", insertable = false, updatable = false)
    public Customer customer;

    @OneToMany(mappedBy = "order", cascade = CascadeType.ALL)
    public List<OrderLine> lines = new ArrayList<>();

    @ElementCollection
    public List<String> tags = new ArrayList<>();

    protected Order() {}

    public Order(UUID customerId, String status, BigDecimal total) {
        this.customerId = customerId;
        this.status = status;
        this.total = total;
    }
}
