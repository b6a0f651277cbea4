package io.shardloom.hibernate.shop;

import io.shardloom.hibernate.LocalTable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
@LocalTable(node = "n2")
public class Parameter {
    @Id
    public String name;

    public String text;

    protected Parameter() {}

    public Parameter(String name, String text) {
        this.name = name;
        this.text = text;
    }
}
