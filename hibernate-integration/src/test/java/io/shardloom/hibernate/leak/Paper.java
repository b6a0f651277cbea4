package io.shardloom.hibernate.leak;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import java.util.Objects;
import java.util.UUID;

/** A hierarchy with a table for each class, joined. */
@Entity
@IdClass(Paper.Key.class)
@Inheritance(strategy = InheritanceType.JOINED)
public abstract class Paper {
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

    public String title;

    @Entity(name = "Invoice")
    public static class Invoice extends Paper {
        public int amount;
    }

    @Entity(name = "Letter")
    public static class Letter extends Paper {
        public int weight;
    }
}
