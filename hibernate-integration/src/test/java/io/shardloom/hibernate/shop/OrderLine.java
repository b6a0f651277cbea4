package io.shardloom.hibernate.shop;

import io.shardloom.hibernate.GlobalSequence;
import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import java.util.Objects;
import java.util.UUID;

@Entity
@IdClass(OrderLine.Key.class)
public class OrderLine {
    public static class Key {
        public UUID customerId;
        public Long number;

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && Objects.equals(customerId, key.customerId)
                    && Objects.equals(number, key.number);
        }

        @Override
        public int hashCode() {
            return Objects.hash(customerId, number);
        }
    }

    @Id
    @ShardKey(group = "shop")
    public UUID customerId;

    @Id
    @GlobalSequence(name = "order_line", block = 10)
    public Long number;

    @ManyToOne
    @JoinColumn(name = "customerId", referencedColumnName = "customerId")
    @JoinColumn(name = "orderId", referencedColumnName = "id")
    public Order order;

    public String article;

    protected OrderLine() {}

    public OrderLine(Order order, String article) {
        this.order = order;
        this.customerId = order.customerId;
        this.article = article;
    }
}
