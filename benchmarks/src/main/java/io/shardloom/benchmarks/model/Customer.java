package io.shardloom.benchmarks.model;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A customer, whose id decides where all its rows live. */
@Entity
@Table(name = "customers")
public class Customer {
    @Id
    @ShardKey
    @Column(name = "id")
    Long id;

    @Column(name = "name")
    String name;

    /** For Hibernate. */
    protected Customer() {}
}
