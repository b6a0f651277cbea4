package io.shardloom.readme.spring;

import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.ShardedUuid;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.util.UUID;

@Entity
@IdClass(Booking.Key.class)
class Booking {
    record Key(UUID guest, UUID id) {}

    @Id
    @ShardKey
    UUID guest;

    @Id
    @ShardedUuid
    UUID id;

    String room;

    Booking() {}

    Booking(String room) {
        this.room = room;
    }
}
