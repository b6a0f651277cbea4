package io.shardloom.hibernate.office;

import io.shardloom.hibernate.GlobalSequence;
import io.shardloom.hibernate.ReferenceTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.annotations.CreationTimestamp;

/** The same on every node. */
@Entity
@ReferenceTable
public class Tariff {
    @Id
    @GlobalSequence(name = "tariff", block = 1)
    public Integer id;

    @Column(unique = true)
    public String name;

    public BigDecimal price;

    @CreationTimestamp
    public java.time.Instant made;

    @ElementCollection
    @Column(nullable = false)
    public Set<String> labels = new TreeSet<>();

    @ElementCollection
    public List<String> notes = new ArrayList<>();

    @Version
    public int version;

    protected Tariff() {}

    public Tariff(String name, String price) {
        this.name = name;
        this.price = new BigDecimal(price);
    }
}
