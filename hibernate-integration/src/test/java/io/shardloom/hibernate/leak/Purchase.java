package io.shardloom.hibernate.leak;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.BatchSize;
import org.hibernate.annotations.Fetch;
import org.hibernate.annotations.FetchMode;

/** The same ids, states and tags are used by every key. */
@Entity
@IdClass(Purchase.Key.class)
public class Purchase {
    public static class Key {
        public UUID accountId;
        public UUID id;

        public Key() {}

        public Key(UUID accountId, UUID id) {
            this.accountId = accountId;
            this.id = id;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Objects.equals(accountId, key.accountId) && Objects.equals(id, key.id);
        }

        @Override
        public int hashCode() {
            return Objects.hash(accountId, id);
        }
    }

    @Id
    @ShardKey
    public UUID accountId;

    @Id
    public UUID id;

    public String state;
    public int total;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "accountId", insertable = false, updatable = false)
    public Account account;

    @OneToMany(mappedBy = "purchase", cascade = CascadeType.ALL, orphanRemoval = true)
    @BatchSize(size = 4)
    public Set<Line> lines = new HashSet<>();

    @ElementCollection
    @Fetch(FetchMode.SUBSELECT)
    public Set<String> tags = new HashSet<>();

    @Version
    public Integer version;

    protected Purchase() {}

    public Purchase(UUID accountId, UUID id, String state, int total) {
        this.accountId = accountId;
        this.id = id;
        this.state = state;
        this.total = total;
    }
}
