package io.shardloom.hibernate.shop;

import io.shardloom.hibernate.ReferenceTable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
@ReferenceTable
public class Country {
    @Id
    public String code;

    public String name;

    protected Country() {}

    public Country(String code, String name) {
        this.code = code;
        this.name = name;
    }
}
