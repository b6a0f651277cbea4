package io.shardloom.hibernate.coverage;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** The mappings of the table. */
final class Mappings {
    enum Trait {
        ONE_ROW,
        VERSION,
        NATURAL_ID,
        TO_ONE,
        TO_MANY,
        /** A collection of its own, with a table of its own. */
        OWNED_PARTS,
        /** A collection of words. */
        WORDS,
        /** Rows of another entity refer to its rows. */
        REFERRED_TO
    }

    /** A table of the page, by its heading. */
    enum Theme {
        ID("The key is part of the id"),
        LINKS("Collections and associations"),
        VALUES("Attributes and restrictions"),
        OUTSIDE("The key is outside the id"),
        PLAIN("The plain layout");

        final String heading;

        Theme(String heading) {
            this.heading = heading;
        }

        String group() {
            return this == PLAIN ? "plain" : "default";
        }
    }

    /**
     * One mapping.
     *
     * @param theme the table it is in
     * @param title its column in the table
     * @param num the path of the number in HQL
     * @param make makes the row of a key and a number, and what belongs to it, in the order in which to persist them
     */
    record Mapping(
            Theme theme,
            String title,
            Class<? extends Rows.Named> type,
            String num,
            List<String> tables,
            BiFunction<UUID, Long, List<Rows.Named>> make,
            BiFunction<UUID, Long, Object> id,
            Set<Trait> traits) {
        boolean has(Trait trait) {
            return traits.contains(trait);
        }

        int rows() {
            return has(Trait.ONE_ROW) ? 1 : 2;
        }

        String entity() {
            return type.getSimpleName();
        }

        Rows.Named row(UUID key, long num) {
            return make.apply(key, num).stream()
                    .filter(type::isInstance)
                    .findFirst()
                    .orElseThrow();
        }

        Mapping in(Theme other) {
            return new Mapping(other, title, type, num, tables, make, id, traits);
        }

        @Override
        public String toString() {
            return theme.heading + ", " + title;
        }
    }

    private Mappings() {}

    static List<Mapping> all() {
        return Stream.of(
                        ids(),
                        links(),
                        MoreMappings.links(),
                        MoreMappings.values(),
                        outside(),
                        MoreMappings.outside(),
                        MoreMappings.plain())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Mapping> ids() {
        return List.of(
                new Mapping(
                        Theme.ID,
                        "id = key",
                        Rows.KeyIsId.class,
                        "num",
                        List.of("key_is_id"),
                        (k, n) -> {
                            var row = new Rows.KeyIsId();
                            row.customer = k;
                            row.num = n;
                            return List.of(row);
                        },
                        (k, n) -> k,
                        Set.of(Trait.ONE_ROW)),
                keyed("`@IdClass`", Rows.WithIdClass.class, "with_id_class", (k, n) -> {
                    var row = new Rows.WithIdClass();
                    row.customer = k;
                    row.num = n;
                    return row;
                }),
                new Mapping(
                        Theme.ID,
                        "`@EmbeddedId`",
                        Rows.WithEmbeddedId.class,
                        "id.num",
                        List.of("with_embedded_id"),
                        (k, n) -> {
                            var row = new Rows.WithEmbeddedId();
                            row.id = new Rows.Embedded(k, n);
                            return List.of(row);
                        },
                        Rows.Embedded::new,
                        Set.of()),
                keyed("single table", Rows.Single.class, "single_table", (k, n) -> {
                    var row = n == 1 ? new Rows.SingleSub() : new Rows.Single();
                    row.customer = k;
                    row.num = n;
                    return row;
                }),
                keyed("joined", Rows.Joined.class, "joined_root joined_sub", (k, n) -> {
                    var row = n == 1 ? new Rows.JoinedSub() : new Rows.Joined();
                    row.customer = k;
                    row.num = n;
                    return row;
                }),
                keyed("table per class", Rows.Union.class, "union_root union_sub", (k, n) -> {
                    var row = n == 1 ? new Rows.UnionSub() : new Rows.Union();
                    row.customer = k;
                    row.num = n;
                    return row;
                }),
                keyed("mapped superclass", Rows.Mapped.class, "mapped", (k, n) -> set(new Rows.Mapped(), k, n)),
                keyed(
                        "secondary table",
                        Rows.Secondary.class,
                        "secondary_first secondary_second",
                        (k, n) -> set(new Rows.Secondary(), k, n)),
                keyed(
                        "versioned",
                        Rows.Versioned.class,
                        "versioned",
                        (k, n) -> set(new Rows.Versioned(), k, n),
                        Trait.VERSION),
                keyed("soft delete", Rows.Soft.class, "soft", (k, n) -> set(new Rows.Soft(), k, n)),
                keyed(
                        "natural id",
                        Rows.Natural.class,
                        "natural_id",
                        (k, n) -> {
                            var row = set(new Rows.Natural(), k, n);
                            row.code = "n" + n;
                            return row;
                        },
                        Trait.NATURAL_ID));
    }

    private static List<Mapping> links() {
        return List.of(
                new Mapping(
                        Theme.LINKS,
                        "one to many",
                        Rows.Parent.class,
                        "num",
                        List.of("parent", "child"),
                        Mappings::family,
                        Rows.Key::new,
                        Set.of(Trait.TO_MANY, Trait.REFERRED_TO)),
                new Mapping(
                        Theme.LINKS,
                        "many to one",
                        Rows.Child.class,
                        "num",
                        List.of("parent", "child"),
                        Mappings::family,
                        Rows.Key::new,
                        Set.of(Trait.TO_ONE)),
                new Mapping(
                        Theme.LINKS,
                        "many to many",
                        Rows.Post.class,
                        "num",
                        List.of("post", "tag", "post_tag"),
                        (k, n) -> {
                            var tag = set(new Rows.Tag(), k, n);
                            var post = set(new Rows.Post(), k, n);
                            post.parts.add(tag);
                            return List.of(tag, post);
                        },
                        Rows.Key::new,
                        Set.of(Trait.TO_MANY, Trait.OWNED_PARTS)),
                new Mapping(
                        Theme.LINKS,
                        "elements",
                        Rows.Elements.class,
                        "num",
                        List.of("elements", "elements_part"),
                        (k, n) -> List.of(set(new Rows.Elements(), k, n)),
                        Rows.Key::new,
                        Set.of(Trait.TO_MANY, Trait.OWNED_PARTS, Trait.WORDS)));
    }

    private static List<Mapping> outside() {
        return List.of(
                outside("id only", Rows.Outside.class, "outside_id", (k, n) -> {
                    var row = new Rows.Outside();
                    row.customer = k;
                    row.num = n;
                    return List.of(row);
                }),
                outside(
                        "versioned",
                        Rows.OutsideVersioned.class,
                        "outside_versioned",
                        (k, n) -> {
                            var row = new Rows.OutsideVersioned();
                            row.customer = k;
                            row.num = n;
                            return List.of(row);
                        },
                        Trait.VERSION),
                outside("soft delete", Rows.OutsideSoft.class, "outside_soft", (k, n) -> {
                    var row = new Rows.OutsideSoft();
                    row.customer = k;
                    row.num = n;
                    return List.of(row);
                }),
                outside(
                        "natural id",
                        Rows.OutsideNatural.class,
                        "outside_natural",
                        (k, n) -> {
                            var row = new Rows.OutsideNatural();
                            row.customer = k;
                            row.num = n;
                            row.code = "n" + n;
                            return List.of(row);
                        },
                        Trait.NATURAL_ID),
                outside(
                        "one to many",
                        Rows.OutsideParent.class,
                        "outside_parent outside_child",
                        Mappings::outsideFamily,
                        Trait.TO_MANY,
                        Trait.REFERRED_TO),
                outside(
                        "many to one",
                        Rows.OutsideChild.class,
                        "outside_parent outside_child",
                        Mappings::outsideFamily,
                        Trait.TO_ONE));
    }

    private static List<Rows.Named> family(UUID key, long num) {
        var parent = set(new Rows.Parent(), key, num);
        var child = set(new Rows.Child(), key, num);
        child.parent = num;
        child.up = parent;
        parent.parts.add(child);
        return List.of(parent, child);
    }

    private static List<Rows.Named> outsideFamily(UUID key, long num) {
        var parent = new Rows.OutsideParent();
        parent.customer = key;
        parent.num = num;
        var child = new Rows.OutsideChild();
        child.customer = key;
        child.num = num;
        child.up = parent;
        parent.parts.add(child);
        return List.of(parent, child);
    }

    static <R extends Rows.Keyed> R set(R row, UUID key, long num) {
        row.customer = key;
        row.num = num;
        return row;
    }

    static Mapping keyed(
            String title,
            Class<? extends Rows.Named> type,
            String tables,
            BiFunction<UUID, Long, Rows.Named> make,
            Trait... traits) {
        return new Mapping(
                Theme.ID,
                title,
                type,
                "num",
                List.of(tables.split(" ")),
                (k, n) -> List.of(make.apply(k, n)),
                Rows.Key::new,
                Set.of(traits));
    }

    static Mapping outside(
            String title,
            Class<? extends Rows.Named> type,
            String tables,
            BiFunction<UUID, Long, List<Rows.Named>> make,
            Trait... traits) {
        return new Mapping(
                Theme.OUTSIDE, title, type, "num", List.of(tables.split(" ")), make, (k, n) -> n, Set.of(traits));
    }
}
