package io.shardloom.hibernate.differential;

import io.shardloom.hibernate.ReferenceTable;
import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.OneToMany;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.annotations.BatchSize;
import org.hibernate.annotations.Fetch;
import org.hibernate.annotations.FetchMode;
import org.hibernate.annotations.Filter;
import org.hibernate.annotations.FilterDef;
import org.hibernate.annotations.Formula;

/** Texts with collations of their own in every place a text can be in, references to nothing, and ways to load and to filter. */
final class Grove {
    static final List<Class<?>> ENTITIES =
            List.of(Soil.class, Tree.class, Leaf.class, Animal.class, Bird.class, Beetle.class, Cone.class);

    private static final String GERMAN = "varchar(40) collate \"de-x-icu\"";
    private static final String BLIND = "varchar(40) collate blind";
    private static final List<String> WORDS = List.of("a", "A", "ä", "Z", "z", "Ö", "o", "é", "e", "ß", "ss", "_u");

    private Grove() {}

    @Entity(name = "Soil")
    @ReferenceTable
    static class Soil {
        @Id
        String code;

        Integer depth;
    }

    @Entity(name = "Tree")
    static class Tree {
        @Id
        @ShardKey(group = "trees")
        Long id;

        @Column(columnDefinition = GERMAN)
        String name;

        @Formula("lower(name)")
        String low;

        Integer height;

        @ManyToOne(fetch = FetchType.LAZY)
        Soil soil;

        @OneToMany(mappedBy = "owner")
        @Fetch(FetchMode.SUBSELECT)
        List<Leaf> leaves = new ArrayList<>();

        @OneToMany(mappedBy = "owner")
        @BatchSize(size = 3)
        List<Cone> cones = new ArrayList<>();

        @ElementCollection
        @CollectionTable(name = "tree_word")
        @Column(name = "word", columnDefinition = GERMAN)
        Set<String> words = new HashSet<>();

        @ElementCollection
        @CollectionTable(name = "tree_mark")
        @Column(name = "mark", columnDefinition = BLIND)
        Set<String> marks = new HashSet<>();

        @ElementCollection
        @CollectionTable(name = "tree_size")
        @MapKeyColumn(name = "part", columnDefinition = GERMAN)
        Map<String, Integer> sizes = new HashMap<>();
    }

    record Numbered(Long tree, Integer num) {}

    @Entity(name = "Leaf")
    @IdClass(Numbered.class)
    static class Leaf {
        @Id
        @ShardKey(group = "trees")
        Long tree;

        @Id
        Integer num;

        Integer above;

        int weight;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "tree", insertable = false, updatable = false)
        Tree owner;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "tree", referencedColumnName = "tree", insertable = false, updatable = false)
        @JoinColumn(name = "above", referencedColumnName = "num", insertable = false, updatable = false)
        Leaf twig;
    }

    /** Rows of odd numbers are left out wherever the filter holds. */
    @Entity(name = "Cone")
    @IdClass(Numbered.class)
    @FilterDef(name = "even", autoEnabled = true)
    @Filter(name = "even", condition = "num % 2 = 0")
    static class Cone {
        @Id
        @ShardKey(group = "trees")
        Long tree;

        @Id
        Integer num;

        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "tree", insertable = false, updatable = false)
        Tree owner;
    }

    @Entity(name = "Animal")
    @IdClass(Numbered.class)
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    abstract static class Animal {
        @Id
        @ShardKey(group = "trees")
        Long tree;

        @Id
        Integer num;

        @Column(columnDefinition = GERMAN)
        String call;
    }

    @Entity(name = "Bird")
    static class Bird extends Animal {
        Integer wings;
    }

    @Entity(name = "Beetle")
    static class Beetle extends Animal {
        Integer legs;
    }

    static List<Soil> soils() {
        var soils = new ArrayList<Soil>();
        for (var code : List.of("clay", "loam", "sand")) {
            var soil = new Soil();
            soil.code = code;
            soil.depth = code.equals("loam") ? null : code.length();
            soils.add(soil);
        }
        return soils;
    }

    /** Persists a tree and all that is on it. */
    static void persist(org.hibernate.Session session, long id) {
        var tree = new Tree();
        tree.id = id;
        tree.name = id % 7 == 0 ? null : word(id);
        tree.height = (int) (id % 5);
        tree.soil = id % 4 == 0
                ? null
                : session.getReference(
                        Soil.class, List.of("clay", "loam", "sand").get((int) (id % 3)));
        for (long i = 0; i < id % 4; i++) {
            tree.words.add(word(id * 5 + i * 7));
            tree.marks.add(word(id * 3 + i * 5));
            tree.sizes.put(word(id + i * 5), (int) i);
        }
        session.persist(tree);
        for (int num = 0; num < id % 5; num++) {
            var leaf = new Leaf();
            leaf.tree = id;
            leaf.num = num;
            leaf.above = num % 2 == 0 ? null : num - 1;
            leaf.weight = num + (int) (id % 3);
            session.persist(leaf);
            var cone = new Cone();
            cone.tree = id;
            cone.num = num;
            session.persist(cone);
            var animal = num % 2 == 0 ? new Bird() : new Beetle();
            animal.tree = id;
            animal.num = num;
            animal.call = word(id * 7 + num);
            session.persist(animal);
        }
    }

    private static String word(long number) {
        return WORDS.get((int) (number % WORDS.size()));
    }
}
