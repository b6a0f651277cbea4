package io.shardloom.hibernate.office;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.LocalDate;

/** A range of days for each node. */
@Entity
public class Weather {
    @Id
    @ShardKey(group = "days")
    public LocalDate day;

    public double highest;

    protected Weather() {}

    public Weather(LocalDate day, double highest) {
        this.day = day;
        this.highest = highest;
    }
}
