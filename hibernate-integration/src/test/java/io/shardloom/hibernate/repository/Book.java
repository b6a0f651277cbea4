package io.shardloom.hibernate.repository;

import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.ShardedUuid;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.util.Objects;
import java.util.UUID;

@Entity
@IdClass(Book.Key.class)
public class Book {
    public static class Key {
        public UUID readerId;
        public UUID id;

        public Key() {}

        public Key(UUID readerId, UUID id) {
            this.readerId = readerId;
            this.id = id;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && readerId.equals(key.readerId) && id.equals(key.id);
        }

        @Override
        public int hashCode() {
            return Objects.hash(readerId, id);
        }
    }

    @Id
    @ShardKey
    public UUID readerId;

    @Id
    @ShardedUuid
    public UUID id;

    public String isbn;

    public String title;

    public int pages;

    protected Book() {}

    public Book(UUID readerId, String isbn, String title, int pages) {
        this.readerId = readerId;
        this.isbn = isbn;
        this.title = title;
        this.pages = pages;
    }
}
