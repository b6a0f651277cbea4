package io.shardloom.hibernate.office;

import io.shardloom.hibernate.LocalTable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** On one node. */
@Entity
@LocalTable(node = "n2")
public class Notice {
    @Id
    public String text;

    protected Notice() {}

    public Notice(String text) {
        this.text = text;
    }
}
