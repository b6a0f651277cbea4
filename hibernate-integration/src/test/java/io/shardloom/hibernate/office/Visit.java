package io.shardloom.hibernate.office;

import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.ShardedUuid;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import java.util.UUID;

/** What members do. */
@Entity
@IdClass(Visit.Key.class)
public class Visit {
    public record Key(UUID memberId, UUID id) {}

    @Id
    @ShardKey(group = "people")
    public UUID memberId;

    @Id
    @ShardedUuid
    public UUID id;

    public int minutes;

    @ManyToOne
    @JoinColumn(name = "memberId", insertable = false, updatable = false)
    public Member member;

    protected Visit() {}

    public Visit(UUID memberId, int minutes) {
        this.memberId = memberId;
        this.minutes = minutes;
    }
}
