package io.shardloom.sample.model;

import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.ShardedUuid;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** What a sensor measured. All that one sensor measured is on one shard. */
@Entity
@Table(name = "sensor_data")
@IdClass(SensorData.Key.class)
public class SensorData {
    /**
     * The primary key.
     *
     * @param sensorId the sensor
     * @param readingId an id made in the application
     */
    public record Key(Integer sensorId, UUID readingId) {}

    @Id
    @ShardKey
    @Column(name = "sensor_id")
    private Integer sensorId;

    @Id
    @ShardedUuid
    @Column(name = "reading_id")
    private UUID readingId;

    private double value;

    private Instant time;

    protected SensorData() {}

    /**
     * Makes a reading without an id yet.
     *
     * @param sensorId the sensor
     * @param value what it measured
     * @param time when
     */
    public SensorData(Integer sensorId, double value, Instant time) {
        this.sensorId = sensorId;
        this.value = value;
        this.time = time;
    }

    public Integer sensorId() {
        return sensorId;
    }

    public UUID readingId() {
        return readingId;
    }

    public double value() {
        return value;
    }

    public Instant time() {
        return time;
    }
}
