package io.shardloom.hibernate.coverage;

import static io.shardloom.hibernate.coverage.Mappings.keyed;

import io.shardloom.hibernate.coverage.Mappings.Mapping;
import io.shardloom.hibernate.coverage.Mappings.Theme;
import io.shardloom.hibernate.coverage.Mappings.Trait;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;

/** The mappings with the entities of {@link MoreRows}. */
final class MoreMappings {
    private MoreMappings() {}

    static List<Mapping> links() {
        return List.of(
                words(
                        "list of words",
                        MoreRows.WordList.class,
                        "word_list word_list_part",
                        (k, n) -> set(new MoreRows.WordList(), k, n)),
                words(
                        "map of words",
                        MoreRows.WordMap.class,
                        "word_map word_map_part",
                        (k, n) -> set(new MoreRows.WordMap(), k, n)),
                keyed(
                                "embeddables",
                                MoreRows.PartSet.class,
                                "part_set part_set_part",
                                (k, n) -> set(new MoreRows.PartSet(), k, n),
                                Trait.TO_MANY,
                                Trait.OWNED_PARTS)
                        .in(Theme.LINKS),
                words(
                        "soft-deleted words",
                        MoreRows.SoftWords.class,
                        "soft_words soft_words_part",
                        (k, n) -> set(new MoreRows.SoftWords(), k, n)),
                family("one to many, list", MoreRows.ListParent.class, "list_parent list_child", (k, n) -> {
                    var parent = set(new MoreRows.ListParent(), k, n);
                    var child = set(new MoreRows.ListChild(), k, n);
                    child.up = parent;
                    parent.parts.add(child);
                    return List.of(parent, child);
                }),
                family("one to many, map", MoreRows.MapParent.class, "map_parent map_child", (k, n) -> {
                    var parent = set(new MoreRows.MapParent(), k, n);
                    var child = set(new MoreRows.MapChild(), k, n);
                    child.up = parent;
                    parent.parts.put("first", child);
                    return List.of(parent, child);
                }),
                new Mapping(
                        Theme.LINKS,
                        "one to one",
                        MoreRows.Head.class,
                        "num",
                        List.of("body", "head"),
                        MoreMappings::pair,
                        Rows.Key::new,
                        Set.of(Trait.TO_ONE)),
                new Mapping(
                        Theme.LINKS,
                        "one to one, inverse",
                        MoreRows.Body.class,
                        "num",
                        List.of("body", "head"),
                        MoreMappings::pair,
                        Rows.Key::new,
                        Set.of(Trait.TO_ONE, Trait.REFERRED_TO)),
                new Mapping(
                        Theme.LINKS,
                        "`@MapsId`",
                        MoreRows.Detail.class,
                        "id.num",
                        List.of("whole", "detail"),
                        (k, n) -> {
                            var whole = new MoreRows.Whole();
                            whole.id = new Rows.Embedded(k, n);
                            var detail = new MoreRows.Detail();
                            detail.id = new Rows.Embedded(k, n);
                            detail.up = whole;
                            return List.of(whole, detail);
                        },
                        Rows.Embedded::new,
                        Set.of(Trait.TO_ONE)));
    }

    static List<Mapping> values() {
        return List.of(
                value(
                        "embeddables",
                        MoreRows.Addressed.class,
                        "addressed",
                        (k, n) -> set(new MoreRows.Addressed(), k, n)),
                value("formula", MoreRows.Computed.class, "computed", (k, n) -> set(new MoreRows.Computed(), k, n)),
                keyed(
                                "`@DynamicUpdate`",
                                MoreRows.Dynamic.class,
                                "dynamic",
                                (k, n) -> set(new MoreRows.Dynamic(), k, n),
                                Trait.VERSION)
                        .in(Theme.VALUES),
                value(
                        "`@SQLRestriction`",
                        MoreRows.Restricted.class,
                        "restricted",
                        (k, n) -> set(new MoreRows.Restricted(), k, n)),
                family("`@Filter`", MoreRows.Filtered.class, "filtered filtered_child", (k, n) -> {
                            var parent = set(new MoreRows.Filtered(), k, n);
                            var child = set(new MoreRows.FilteredChild(), k, n);
                            child.up = parent;
                            parent.parts.add(child);
                            return List.of(parent, child);
                        })
                        .in(Theme.VALUES));
    }

    static List<Mapping> outside() {
        return List.of(
                apart(
                        "mapped superclass",
                        MoreRows.OutsideSuper.class,
                        "outside_super",
                        (k, n) -> List.of(set(new MoreRows.OutsideSuper(), k, n))),
                apart(
                        "single table",
                        MoreRows.OutsideSingle.class,
                        "outside_single",
                        (k, n) -> List.of(
                                set(n == 1 ? new MoreRows.OutsideSingleSub() : new MoreRows.OutsideSingle(), k, n))),
                apart(
                        "`@DynamicUpdate`",
                        MoreRows.OutsideDynamic.class,
                        "outside_dynamic",
                        (k, n) -> List.of(set(new MoreRows.OutsideDynamic(), k, n))),
                apart(
                        "`@Filter`, `@SQLRestriction`",
                        MoreRows.OutsideFiltered.class,
                        "outside_filtered",
                        (k, n) -> List.of(set(new MoreRows.OutsideFiltered(), k, n))),
                apart(
                        "one to one",
                        MoreRows.OutsideHead.class,
                        "outside_body outside_head",
                        MoreMappings::outsidePair,
                        Trait.TO_ONE),
                apart(
                        "one to one, inverse",
                        MoreRows.OutsideBody.class,
                        "outside_body outside_head",
                        MoreMappings::outsidePair,
                        Trait.TO_ONE,
                        Trait.REFERRED_TO));
    }

    static List<Mapping> plain() {
        return List.of(
                plain(
                        "id only",
                        MoreRows.PlainRow.class,
                        "plain_row",
                        (k, n) -> List.of(set(new MoreRows.PlainRow(), k, n))),
                plain(
                        "versioned",
                        MoreRows.PlainVersioned.class,
                        "plain_versioned",
                        (k, n) -> List.of(set(new MoreRows.PlainVersioned(), k, n)),
                        Trait.VERSION),
                plain(
                        "one to many",
                        MoreRows.PlainParent.class,
                        "plain_parent plain_child",
                        MoreMappings::plainFamily,
                        Trait.TO_MANY,
                        Trait.REFERRED_TO),
                plain(
                        "many to one",
                        MoreRows.PlainChild.class,
                        "plain_parent plain_child",
                        MoreMappings::plainFamily,
                        Trait.TO_ONE),
                new Mapping(
                        Theme.PLAIN,
                        "key in the id, elements",
                        MoreRows.PlainWords.class,
                        "id.num",
                        List.of("plain_words", "plain_words_part"),
                        (k, n) -> {
                            var row = new MoreRows.PlainWords();
                            row.id = new MoreRows.PlainId(k, n);
                            return List.of(row);
                        },
                        MoreRows.PlainId::new,
                        Set.of(Trait.TO_MANY, Trait.OWNED_PARTS, Trait.WORDS)));
    }

    private static List<Rows.Named> pair(UUID key, long num) {
        var body = set(new MoreRows.Body(), key, num);
        var head = set(new MoreRows.Head(), key, num);
        head.up = body;
        body.up = head;
        return List.of(body, head);
    }

    private static List<Rows.Named> outsidePair(UUID key, long num) {
        var body = set(new MoreRows.OutsideBody(), key, num);
        var head = set(new MoreRows.OutsideHead(), key, num);
        head.up = body;
        body.up = head;
        return List.of(body, head);
    }

    private static List<Rows.Named> plainFamily(UUID key, long num) {
        var parent = set(new MoreRows.PlainParent(), key, num);
        var child = set(new MoreRows.PlainChild(), key, num);
        child.up = parent;
        parent.parts.add(child);
        return List.of(parent, child);
    }

    private static <R extends MoreRows.Apart> R set(R row, UUID key, long num) {
        row.customer = key;
        row.num = num;
        return row;
    }

    private static <R extends MoreRows.Plain> R set(R row, UUID key, long num) {
        row.customer = key;
        row.num = num;
        row.id = plainId(key, num);
        return row;
    }

    private static Long plainId(UUID key, long num) {
        return key.getLeastSignificantBits() * 100 + num;
    }

    private static <R extends Rows.Keyed> R set(R row, UUID key, long num) {
        return Mappings.set(row, key, num);
    }

    private static Mapping value(
            String title, Class<? extends Rows.Named> type, String table, BiFunction<UUID, Long, Rows.Named> make) {
        return keyed(title, type, table, make).in(Theme.VALUES);
    }

    private static Mapping words(
            String title, Class<? extends Rows.Named> type, String tables, BiFunction<UUID, Long, Rows.Named> make) {
        return keyed(title, type, tables, make, Trait.TO_MANY, Trait.OWNED_PARTS, Trait.WORDS)
                .in(Theme.LINKS);
    }

    private static Mapping family(
            String title,
            Class<? extends Rows.Named> type,
            String tables,
            BiFunction<UUID, Long, List<Rows.Named>> make) {
        return new Mapping(
                Theme.LINKS,
                title,
                type,
                "num",
                List.of(tables.split(" ")),
                make,
                Rows.Key::new,
                Set.of(Trait.TO_MANY, Trait.REFERRED_TO));
    }

    private static Mapping apart(
            String title,
            Class<? extends Rows.Named> type,
            String tables,
            BiFunction<UUID, Long, List<Rows.Named>> make,
            Trait... traits) {
        return Mappings.outside(title, type, tables, make, traits);
    }

    private static Mapping plain(
            String title,
            Class<? extends Rows.Named> type,
            String tables,
            BiFunction<UUID, Long, List<Rows.Named>> make,
            Trait... traits) {
        return new Mapping(
                Theme.PLAIN,
                title,
                type,
                "num",
                List.of(tables.split(" ")),
                make,
                MoreMappings::plainId,
                Set.of(traits));
    }
}
