package io.shardloom.hibernate.leak;

import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.UUID;
import org.hibernate.annotations.NaturalId;

/** Its key is outside its id, so that only the key predicate tells one key's note 1 from another's. */
@Entity
public class Note {
    @Id
    public Integer id;

    @ShardKey
    public UUID accountId;

    @NaturalId
    public String title;

    public String text;

    protected Note() {}

    public Note(Integer id, UUID accountId, String title, String text) {
        this.id = id;
        this.accountId = accountId;
        this.title = title;
        this.text = text;
    }
}
