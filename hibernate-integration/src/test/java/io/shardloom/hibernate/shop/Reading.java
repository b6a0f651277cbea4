package io.shardloom.hibernate.shop;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import java.time.LocalDate;
import java.util.Objects;

/** An embedded id; its group is a range. */
@Entity
public class Reading {
    @Embeddable
    public static class Key {
        public String city;

        @ShardKey(group = "days")
        public LocalDate day;

        public Key() {}

        public Key(LocalDate day, String city) {
            this.day = day;
            this.city = city;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Objects.equals(city, key.city) && Objects.equals(day, key.day);
        }

        @Override
        public int hashCode() {
            return Objects.hash(city, day);
        }
    }

    @EmbeddedId
    public Key key;

    public double temperature;

    protected Reading() {}

    public Reading(LocalDate day, String city, double temperature) {
        this.key = new Key(day, city);
        this.temperature = temperature;
    }
}
