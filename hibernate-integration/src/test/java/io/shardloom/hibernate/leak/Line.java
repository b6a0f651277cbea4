package io.shardloom.hibernate.leak;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import java.util.Objects;
import java.util.UUID;

/** Every key numbers its lines from 1. */
@Entity
@IdClass(Line.Key.class)
public class Line {
    public static class Key {
        public UUID accountId;
        public Integer number;

        public Key() {}

        public Key(UUID accountId, Integer number) {
            this.accountId = accountId;
            this.number = number;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && Objects.equals(accountId, key.accountId)
                    && Objects.equals(number, key.number);
        }

        @Override
        public int hashCode() {
            return Objects.hash(accountId, number);
        }
    }

    @Id
    @ShardKey
    public UUID accountId;

    @Id
    public Integer number;

    public UUID purchaseId;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "accountId", referencedColumnName = "accountId", insertable = false, updatable = false)
    @JoinColumn(name = "purchaseId", referencedColumnName = "id", insertable = false, updatable = false)
    public Purchase purchase;

    public String article;

    protected Line() {}

    public Line(UUID accountId, Integer number, UUID purchaseId, String article) {
        this.accountId = accountId;
        this.number = number;
        this.purchaseId = purchaseId;
        this.article = article;
    }
}
