package io.shardloom.hibernate.shop;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Version;
import java.util.UUID;

@Entity
public class Customer {
    @Id
    @ShardKey(group = "shop")
    public UUID id;

    public String name;

    @ManyToOne
    public Country country;

    @Version
    public int version;

    protected Customer() {}

    public Customer(UUID id, String name) {
        this.id = id;
        this.name = name;
    }
}
