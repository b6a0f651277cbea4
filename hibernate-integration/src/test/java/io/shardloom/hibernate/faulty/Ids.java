package io.shardloom.hibernate.faulty;

import io.shardloom.hibernate.GlobalSequence;
import io.shardloom.hibernate.LocalTable;
import io.shardloom.hibernate.ReferenceTable;
import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.ShardedUuid;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.MappedSuperclass;
import java.util.Objects;
import java.util.UUID;
import org.hibernate.annotations.NativeGenerator;

/** What is wrong with ids. */
public final class Ids {
    private Ids() {}

    @Entity
    @ReferenceTable
    public static class ReferenceIdentity {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        public Long id;
    }

    @Entity
    @LocalTable(node = "n1")
    public static class LocalIdentity {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        public Long id;
    }

    @Entity
    public static class Identity {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        public Long id;

        @ShardKey
        public UUID customer;
    }

    @Entity
    public static class Sequence {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        public Long id;

        @ShardKey
        public UUID customer;
    }

    @Entity
    public static class TableId {
        @Id
        @GeneratedValue(strategy = GenerationType.TABLE)
        public Long id;

        @ShardKey
        public UUID customer;
    }

    @Entity
    public static class AutoId {
        @Id
        @GeneratedValue
        public int id;

        @ShardKey
        public UUID customer;
    }

    @Entity
    public static class NativeId {
        @Id
        @NativeGenerator
        public Long id;

        @ShardKey
        public UUID customer;
    }

    /** Right: Hibernate makes random UUIDs in the application. */
    @Entity
    public static class AutoUuid {
        @Id
        @GeneratedValue
        public UUID id;

        @ShardKey
        public UUID customer;
    }

    @MappedSuperclass
    public abstract static class Numbered {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        public Long id;
    }

    @Entity
    public static class InheritedIdentity extends Numbered {
        @ShardKey
        public UUID customer;
    }

    @Entity
    public static class GetterIdentity {
        private Long id;
        private UUID customer;

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        public Long getId() {
            return id;
        }

        public void setId(Long id) {
            this.id = id;
        }

        @ShardKey
        public UUID getCustomer() {
            return customer;
        }

        public void setCustomer(UUID customer) {
            this.customer = customer;
        }
    }

    @MappedSuperclass
    public abstract static class GetterNumbered {
        private Long id;

        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        public Long getId() {
            return id;
        }

        public void setId(Long id) {
            this.id = id;
        }
    }

    @Entity
    public static class InheritedGetterSequence extends GetterNumbered {
        private UUID customer;

        @ShardKey
        public UUID getCustomer() {
            return customer;
        }

        public void setCustomer(UUID customer) {
            this.customer = customer;
        }
    }

    public static class Key {
        public UUID customer;
        public Long id;

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Objects.equals(customer, key.customer) && Objects.equals(id, key.id);
        }

        @Override
        public int hashCode() {
            return Objects.hash(customer, id);
        }
    }

    @Entity
    @IdClass(Key.class)
    public static class IdClassIdentity {
        @Id
        @ShardKey
        public UUID customer;

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        public Long id;
    }

    @Embeddable
    public static class EmbeddedKey {
        @ShardKey
        public UUID customer;

        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        public Long id;

        @Override
        public boolean equals(Object other) {
            return other instanceof EmbeddedKey key
                    && Objects.equals(customer, key.customer)
                    && Objects.equals(id, key.id);
        }

        @Override
        public int hashCode() {
            return Objects.hash(customer, id);
        }
    }

    @Entity
    public static class EmbeddedIdSequence {
        @EmbeddedId
        public EmbeddedKey key;
    }

    @Entity
    public static class NumbersOnText {
        @Id
        @GlobalSequence(name = "Numbers-On-Text", block = 0)
        public String id;

        @ShardKey
        public UUID customer;
    }

    @Entity
    public static class UuidOnNumber {
        @Id
        @ShardedUuid
        public Long id;

        @ShardKey
        public UUID customer;
    }

    /** What Hibernate itself refuses. */
    @Entity
    public static class WithoutId {
        @ShardKey
        public UUID customer;
    }

    /** Right: sharded, with ids of both kinds. */
    @Entity
    public static class Plain {
        @Id
        @ShardedUuid
        public UUID id;

        @ShardKey
        public UUID customer;
    }

    /** Right where there is a node. */
    @Entity
    public static class Counted {
        @Id
        @GlobalSequence(name = "counted")
        public Long id;

        @ShardKey
        public UUID customer;
    }
}
