package io.shardloom.hibernate.leak;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Version;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** Its id is its key; it has a secondary table. */
@Entity
@SecondaryTable(name = "account_detail")
public class Account {
    @Id
    @ShardKey
    public UUID id;

    public String name;

    @Column(table = "account_detail")
    public String motto;

    @OneToMany(mappedBy = "account")
    public Set<Purchase> purchases = new HashSet<>();

    @Version
    public Integer version;

    protected Account() {}

    public Account(UUID id, String name, String motto) {
        this.id = id;
        this.name = name;
        this.motto = motto;
    }
}
