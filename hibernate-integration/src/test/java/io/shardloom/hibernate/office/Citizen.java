package io.shardloom.hibernate.office;

import io.shardloom.hibernate.GlobalSequence;
import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** Its key is beside its id. */
@Entity
public class Citizen {
    @Id
    @GlobalSequence(name = "citizen", block = 1)
    public Integer id;

    public String name;

    @ShardKey(group = "geo")
    public String country;

    protected Citizen() {}

    public Citizen(String name, String country) {
        this.name = name;
        this.country = country;
    }
}
