package io.shardloom.hibernate.shop;

import io.shardloom.hibernate.GlobalSequence;
import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** Its key is outside its id; its group is a list. */
@Entity
public class Branch {
    @Id
    @GlobalSequence(name = "branch", block = 1)
    public Integer id;

    @ShardKey(group = "geo")
    public String country;

    public String city;

    protected Branch() {}

    public Branch(String country, String city) {
        this.country = country;
        this.city = city;
    }
}
