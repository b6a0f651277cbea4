package io.shardloom.hibernate.office;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Its id is the key. */
@Entity
public class Member {
    @Id
    @ShardKey(group = "people")
    public UUID id;

    public String name;

    @ManyToOne
    public Tariff tariff;

    @OneToMany(mappedBy = "member", cascade = CascadeType.ALL)
    public List<Visit> visits = new ArrayList<>();

    protected Member() {}

    public Member(UUID id, String name) {
        this.id = id;
        this.name = name;
    }
}
