package io.shardloom.sample.model;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.math.BigDecimal;
import java.time.LocalDate;

/** The temperature of a city on one day. The date decides on which shard it is. */
@Entity
@Table(name = "temperatures")
@IdClass(Temperature.Key.class)
public class Temperature {
    /**
     * The primary key.
     *
     * @param readingDate the day
     * @param city the city
     */
    public record Key(LocalDate readingDate, String city) {}

    @Id
    @ShardKey
    @Column(name = "reading_date")
    private LocalDate readingDate;

    @Id
    @Column(length = 100)
    private String city;

    @Column(precision = 5, scale = 2)
    private BigDecimal temp;

    protected Temperature() {}

    /**
     * Makes a reading.
     *
     * @param readingDate the day
     * @param city the city
     * @param temp degrees Fahrenheit
     */
    public Temperature(LocalDate readingDate, String city, BigDecimal temp) {
        this.readingDate = readingDate;
        this.city = city;
        this.temp = temp;
    }

    public LocalDate readingDate() {
        return readingDate;
    }

    public String city() {
        return city;
    }

    public BigDecimal temp() {
        return temp;
    }
}
