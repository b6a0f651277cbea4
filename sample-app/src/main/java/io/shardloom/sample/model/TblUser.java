package io.shardloom.sample.model;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

/** A user whose id, a UUIDv7 made in the application, is the shard key. */
@Entity
@Table(name = "tbl_users")
public class TblUser {
    @Id
    @ShardKey
    private UUID id;

    @Column(name = "first_name", nullable = false)
    private String firstName;

    protected TblUser() {}

    /**
     * Makes a user.
     *
     * @param id a new id
     * @param firstName the first name
     */
    public TblUser(UUID id, String firstName) {
        this.id = id;
        this.firstName = firstName;
    }

    public UUID id() {
        return id;
    }

    public String firstName() {
        return firstName;
    }
}
