package io.shardloom.benchmarks.model;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;

/** One of very many rows. */
@Entity
@Table(name = "readings")
@IdClass(Reading.Key.class)
public class Reading {
    /**
     * The id of a reading.
     *
     * @param sensor the shard key
     * @param number counted by each sensor
     */
    public record Key(Long sensor, Long number) {}

    @Id
    @ShardKey
    @Column(name = "sensor")
    Long sensor;

    @Id
    @Column(name = "number")
    Long number;

    @Column(name = "celsius")
    Double celsius;

    /** For Hibernate. */
    protected Reading() {}
}
