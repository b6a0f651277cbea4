package io.shardloom.sample.model;

import io.shardloom.hibernate.GlobalSequence;
import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.CreationTimestamp;

/** What a user did. All that one user did is on one shard. */
@Entity
@Table(name = "activity_log")
@IdClass(ActivityLog.Key.class)
public class ActivityLog {
    /**
     * The primary key.
     *
     * @param userId the user
     * @param logId a number unique over all users
     */
    public record Key(Integer userId, Long logId) {}

    @Id
    @ShardKey
    @Column(name = "user_id")
    private Integer userId;

    @Id
    @GlobalSequence(name = "activity_log_id")
    @Column(name = "log_id")
    private Long logId;

    @Column(name = "action_description")
    private String actionDescription;

    @CreationTimestamp
    @Column(name = "log_timestamp")
    private Instant logTimestamp;

    protected ActivityLog() {}

    /**
     * Makes an entry without a number yet.
     *
     * @param userId the user
     * @param actionDescription what the user did
     */
    public ActivityLog(Integer userId, String actionDescription) {
        this.userId = userId;
        this.actionDescription = actionDescription;
    }

    public Integer userId() {
        return userId;
    }

    public Long logId() {
        return logId;
    }

    public String actionDescription() {
        return actionDescription;
    }

    public Instant logTimestamp() {
        return logTimestamp;
    }
}
