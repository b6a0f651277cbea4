package io.shardloom.sample.model;

import io.shardloom.hibernate.ReferenceTable;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A city in which the temperature is read. Every node has all of them. */
@Entity
@Table(name = "cities")
@ReferenceTable
public class City {
    @Id
    @Column(length = 100)
    private String name;

    private String country;

    protected City() {}

    /**
     * Makes a city.
     *
     * @param name its name, as in the readings
     * @param country where it is
     */
    public City(String name, String country) {
        this.name = name;
        this.country = country;
    }

    public String name() {
        return name;
    }

    public String country() {
        return country;
    }
}
