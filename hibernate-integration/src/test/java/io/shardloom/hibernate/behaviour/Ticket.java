package io.shardloom.hibernate.behaviour;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityListeners;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.PostLoad;
import jakarta.persistence.PostPersist;
import jakarta.persistence.PrePersist;
import jakarta.persistence.PreRemove;
import jakarta.persistence.PreUpdate;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import jakarta.persistence.UniqueConstraint;
import jakarta.persistence.Version;
import jakarta.validation.constraints.NotBlank;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;

@Entity
@DynamicUpdate
@IdClass(Ticket.Key.class)
@EntityListeners(Ticket.Listener.class)
@Table(
        uniqueConstraints =
                @UniqueConstraint(
                        name = "uq_ticket_number",
                        columnNames = {"ownerId", "number"}))
public class Ticket {
    public record Key(UUID ownerId, UUID id) {}

    /** What was called, in its order. */
    static final List<String> CALLS = new ArrayList<>();

    @Id
    @ShardKey
    public UUID ownerId;

    @Id
    public UUID id;

    @Column(name = "number")
    public Integer number;

    @NotBlank
    public String title;

    public String note;

    public String createdBy;

    public String changedBy;

    @Version
    public int version;

    @Transient
    public boolean loaded;

    protected Ticket() {}

    Ticket(UUID ownerId, int number, String title) {
        this.ownerId = ownerId;
        this.id = UUID.randomUUID();
        this.number = number;
        this.title = title;
    }

    Key key() {
        return new Key(ownerId, id);
    }

    @PrePersist
    void created() {
        CALLS.add("PrePersist");
        createdBy = "callback";
    }

    @PostPersist
    void stored() {
        CALLS.add("PostPersist");
    }

    @PreUpdate
    void changed() {
        CALLS.add("PreUpdate");
        changedBy = "callback";
    }

    @PreRemove
    void removed() {
        CALLS.add("PreRemove");
    }

    @PostLoad
    void loaded() {
        CALLS.add("PostLoad");
        loaded = true;
    }

    public static class Listener {
        @PrePersist
        void created(Ticket ticket) {
            CALLS.add("listener of " + ticket.title);
        }
    }
}
