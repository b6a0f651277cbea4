package io.shardloom.hibernate.office;

import io.shardloom.hibernate.GlobalSequence;
import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** Its id is the key, and made for it. */
@Entity
public class Guest {
    @Id
    @ShardKey(group = "guests")
    @GlobalSequence(name = "guest", block = 1)
    public Long id;

    public String name;

    protected Guest() {}

    public Guest(String name) {
        this.name = name;
    }
}
