package io.shardloom.hibernate;

import static io.shardloom.hibernate.faulty.Boot.assertNothingLeft;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.hibernate.faulty.Holes;
import io.shardloom.hibernate.faulty.Homes;
import io.shardloom.hibernate.faulty.Ids;
import io.shardloom.hibernate.faulty.Links;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.util.UUID;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A start with a wrong mapping: one error with every fault and its cure, and nothing left behind. */
@WithCluster(nodes = 2)
class MappingFaultsIT {
    private static final String NOT_ONE_COLUMN =
            ": a shard key is one column. Put @ShardKey on a basic attribute, not on"
                    + " an association, an embeddable or a formula.";
    private static final String TYPES = " cannot be a shard key. Use short, int, long, String, UUID, LocalDate,"
            + " LocalDateTime or Instant, without a converter.";

    static EmbeddedCluster cluster;

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        assertNothingLeft(cluster);
    }

    @Test
    void asksEveryEntityWhereItsRowsLive() {
        assertThat(Boot.on(
                                cluster,
                                Homes.Homeless.class,
                                Homes.TwoKeys.class,
                                Homes.KeyedReference.class,
                                Homes.LocalReference.class,
                                Homes.Elsewhere.class)
                        .faults())
                .containsExactly(
                        "Homes$Elsewhere @LocalTable(node) = n9: there is no such node. Name one of n1, n2.",
                        "Homes$Homeless: nothing says where its rows live. Put @ShardKey on the attribute that decides"
                                + " it, or @ReferenceTable (same rows on every node) or @LocalTable(node = …) on the"
                                + " class.",
                        "Homes$KeyedReference: @ShardKey, @ReferenceTable and @LocalTable exclude each other, and it has"
                                + " 2 of them. Keep one.",
                        "Homes$LocalReference: @ShardKey, @ReferenceTable and @LocalTable exclude each other, and it has"
                                + " 2 of them. Keep one.",
                        "Homes$TwoKeys: @ShardKey is on 2 attributes (id, customer). Keep it on the one that decides"
                                + " where the row lives.");
    }

    @Test
    void refusesKeysThatAreNotOnePlainColumn() {
        assertThat(Boot.on(
                                cluster,
                                Homes.Currency.class,
                                Homes.KeyOnAssociation.class,
                                Homes.KeyOnEmbeddable.class,
                                Homes.KeyInEmbeddable.class,
                                Homes.KeyDeepInId.class,
                                Homes.KeyOnFormula.class,
                                Homes.KeyOnTransient.class,
                                Homes.KeyConverted.class,
                                Homes.KeyConvertedText.class,
                                Homes.KeyOnEnum.class,
                                Homes.KeyOnDouble.class)
                        .faults())
                .containsExactly(
                        "Homes$KeyConverted.active: Boolean" + TYPES,
                        "Homes$KeyConvertedText.country: a converted attribute" + TYPES,
                        "Homes$KeyDeepInId.id.address.country: @ShardKey is inside an embeddable that is not the id."
                                + " Put it on a basic attribute of the entity itself or of its @EmbeddedId.",
                        "Homes$KeyInEmbeddable.address.country: @ShardKey is inside an embeddable that is not the id."
                                + " Put it on a basic attribute of the entity itself or of its @EmbeddedId.",
                        "Homes$KeyOnAssociation.currency" + NOT_ONE_COLUMN,
                        "Homes$KeyOnDouble.weight: Double" + TYPES,
                        "Homes$KeyOnEmbeddable.address" + NOT_ONE_COLUMN,
                        "Homes$KeyOnEnum.day: DayOfWeek" + TYPES,
                        "Homes$KeyOnFormula.one" + NOT_ONE_COLUMN,
                        "Homes$KeyOnTransient.customer: @ShardKey is on something that is not a mapped attribute. Put it"
                                + " on a basic attribute.");
    }

    @Test
    void refusesColumnsThatSpreadKeysInAnotherWay() {
        var other =
                ", and PostgreSQL spreads and compares %s keys in another way. Leave the column's type to the attribute,"
                        + " or give the attribute the class of the column.";
        assertThat(Boot.on(
                                cluster,
                                Homes.KeyOfChars.class,
                                Homes.KeyOfUuidAsText.class,
                                Homes.KeyOfInstantWithoutZone.class,
                                Homes.KeyDefined.class)
                        .faults())
                .containsExactly(
                        "Homes$KeyOfChars.country: its column is char(3)" + other.formatted("text"),
                        "Homes$KeyOfInstantWithoutZone.day: its column is TIMESTAMP" + other.formatted("timestamptz"),
                        "Homes$KeyOfUuidAsText.id: its column is VARCHAR" + other.formatted("uuid"));
    }

    @Test
    void refusesAGroupThatDoesNotExist() {
        assertThat(Boot.on(cluster, Homes.OfGroupShpo.class)
                        .with("shardloom.group.shop.shards", "4")
                        .faults())
                .containsExactly("Homes$OfGroupShpo.id @ShardKey(group) = shpo: there is no such group. Set"
                        + " shardloom.group.shpo.strategy, or name one of shop.");
    }

    @Test
    void asksForTheGroupWhereThereAreSeveral() {
        assertThat(Boot.on(cluster, Homes.Account.class)
                        .with("shardloom.group.shop.shards", "4")
                        .with("shardloom.group.geo.shards", "4")
                        .faults())
                .containsExactly(
                        "Homes$Account.id: the unit has several groups (geo, shop). Say which: @ShardKey(group ="
                                + " \"geo\").");
    }

    @Test
    void refusesTwoKeyTypesInOneGroup() {
        assertThat(Boot.on(cluster, Homes.OfGroupShop.class, Homes.OfGroupShopByNumber.class)
                        .with("shardloom.group.shop.shards", "4")
                        .faults())
                .containsExactly("Homes$OfGroupShopByNumber.id: the key is bigint, but group 'shop' has uuid keys"
                        + " (Homes$OfGroupShop.id). Co-located entities share one key type: change the attribute, or give"
                        + " it a group of its own.");
    }

    @Test
    void refusesNumbersThatEveryNodeWouldHandOut() {
        assertThat(Boot.on(
                                cluster,
                                Ids.ReferenceIdentity.class,
                                Ids.LocalIdentity.class,
                                Ids.Identity.class,
                                Ids.Sequence.class,
                                Ids.TableId.class,
                                Ids.AutoId.class,
                                Ids.NativeId.class,
                                Ids.AutoUuid.class,
                                Ids.InheritedIdentity.class,
                                Ids.GetterIdentity.class,
                                Ids.InheritedGetterSequence.class,
                                Ids.IdClassIdentity.class,
                                Ids.EmbeddedIdSequence.class)
                        .faults())
                .containsExactly(
                        sameNumbers("AutoId.id", "@GeneratedValue"),
                        sameNumbers("EmbeddedIdSequence.key.id", "@GeneratedValue(strategy = SEQUENCE)"),
                        sameNumbers("GetterIdentity.id", "@GeneratedValue(strategy = IDENTITY)"),
                        sameNumbers("IdClassIdentity.id", "@GeneratedValue(strategy = IDENTITY)"),
                        sameNumbers("Identity.id", "@GeneratedValue(strategy = IDENTITY)"),
                        sameNumbers("InheritedGetterSequence.id", "@GeneratedValue(strategy = SEQUENCE)"),
                        sameNumbers("InheritedIdentity.id", "@GeneratedValue(strategy = IDENTITY)"),
                        sameNumbers("NativeId.id", "@NativeGenerator"),
                        sameNumbers("ReferenceIdentity.id", "@GeneratedValue(strategy = IDENTITY)"),
                        sameNumbers("Sequence.id", "@GeneratedValue(strategy = SEQUENCE)"),
                        sameNumbers("TableId.id", "@GeneratedValue(strategy = TABLE)"));
    }

    private static String sameNumbers(String attribute, String how) {
        var entity = attribute.substring(0, attribute.indexOf('.')).toLowerCase(java.util.Locale.ROOT);
        return "Ids$" + attribute + ": " + how + " would hand out the same numbers on every node. Use @ShardedUuid on a"
                + " UUID, or @GlobalSequence(name = \"ids_" + entity + "_id\") on a number.";
    }

    @Test
    void refusesGeneratorsOnAttributesThatCannotHoldWhatTheyMake() {
        assertThat(Boot.on(cluster, Ids.NumbersOnText.class, Ids.UuidOnNumber.class)
                        .faults())
                .containsExactly(
                        "Ids$NumbersOnText.id @GlobalSequence(name) = Numbers-On-Text: a sequence's name is lower-case"
                                + " letters, digits and underscores, a letter first.",
                        "Ids$NumbersOnText.id @GlobalSequence(block) = 0: take at least 1 number at once.",
                        "Ids$NumbersOnText.id: @GlobalSequence makes numbers, and the attribute is a String. Put it on a"
                                + " short, int or long, or use @ShardedUuid on a UUID.",
                        "Ids$UuidOnNumber.id: @ShardedUuid makes a java.util.UUID, and the attribute is a Long. Change"
                                + " its type, or use @GlobalSequence on a number.");
    }

    @Test
    void refusesAssociationsThatMayLeadToAnotherNode() {
        var left = "an entity sharded in group 'left_group'";
        var right = "an entity sharded in group 'right_group'";
        var kept = "a local table of node n1";
        assertThat(Boot.on(
                                cluster,
                                Links.Left.class,
                                Links.Right.class,
                                Links.Kept.class,
                                Links.KeptElsewhere.class,
                                Links.Shared.class)
                        .with("shardloom.group.left_group.shards", "2")
                        .with("shardloom.group.right_group.shards", "2")
                        .faults())
                .containsExactly(
                        points("Kept.left", kept, "Left", left),
                        points("KeptElsewhere.kept", "a local table of node n2", "Kept", kept),
                        pointsToLocal("Left.inner.innerKept"),
                        pointsToLocal("Left.inners.innerKept"),
                        pointsToLocal("Left.kept"),
                        points("Left.right", left, "Right", right),
                        points("Left.rights", left, "Right", right),
                        points("Shared.kept", "a reference table", "Kept", kept),
                        points("Shared.left", "a reference table", "Left", left));
    }

    private static String pointsToLocal(String attribute) {
        return "Links$" + attribute + ": it points from an entity sharded in group 'left_group' to Links$Kept, a local"
                + " table of node n1, whose rows may be on another node. Make Links$Kept a @ReferenceTable, place every"
                + " shard of group 'left_group' on node n1, or map its id as a plain attribute instead.";
    }

    private static String points(String attribute, String from, String target, String to) {
        return "Links$" + attribute + ": it points from " + from + " to Links$" + target + ", " + to
                + ", whose rows may be on another node. Map the other's id as a plain attribute instead.";
    }

    @Test
    void refusesCollectionsThatShareTheKeyColumn() {
        assertThat(Boot.on(cluster, Links.Linking.class, Links.Linked.class).faults())
                .containsExactly(
                        "Links$Linking.linked: both sides of the table linking_linked have the column owner, which"
                                + " Hibernate would write twice. Name another @JoinColumn for the side of the elements; a"
                                + " CHECK in the generated schema holds the two equal.",
                        "Links$Linking.owned: it writes the link into the rows of Links$Linked by statements that lack or"
                                + " lose their shard key. Map a @ManyToOne in Links$Linked and use mappedBy.");
    }

    @Test
    void refusesTheTenancyOfHibernateBesideSharding() {
        assertThat(Boot.on(cluster, Homes.Tenanted.class, Homes.Homeless.class).faults())
                .containsExactly(
                        "Homes$Homeless: nothing says where its rows live. Put @ShardKey on the attribute that decides"
                                + " it, or @ReferenceTable (same rows on every node) or @LocalTable(node = …) on the"
                                + " class.",
                        "@TenantId: Hibernate's own tenancy and sharding both decide which rows a session sees. Replace"
                                + " @TenantId by @ShardKey.");
    }

    @Test
    void refusesFurtherTablesOfAnEntityWhoseKeyIsOutsideItsId() {
        var cure =
                " would have no key column. Make it part of the id: @IdClass with @Id @ShardKey uuid customer and the"
                        + " id you have.";
        assertThat(Boot.on(
                                cluster,
                                Links.OutsideSecondary.class,
                                Links.OutsideCollection.class,
                                Links.OutsideJoined.class,
                                Links.OutsideJoinedSub.class)
                        .faults())
                .containsExactly(
                        "Links$OutsideCollection.customer: the key is outside the id, so the collection table"
                                + " Links$OutsideCollection_tags" + cure,
                        "Links$OutsideJoined.customer: the key is outside the id, so the table Links$OutsideJoinedSub of"
                                + " its subclass Links$OutsideJoinedSub" + cure,
                        "Links$OutsideSecondary.customer: the key is outside the id, so the secondary table outside_more"
                                + cure);
    }

    @Test
    void refusesCollectionsThatWriteRowsWithoutTheirKey() {
        var placed =
                ": the places of its rows are written by their id alone, and the key of Holes$PlacedChild is outside"
                        + " the id, so rows of other keys would change. Leave the places out, with @OrderBy or @MapKey instead, or"
                        + " make the key of Holes$PlacedChild part of its id.";
        var links =
                ": it writes the link into the rows of Holes$PlacedChild by statements that lack or lose their shard"
                        + " key. Map a @ManyToOne in Holes$PlacedChild and use mappedBy.";
        assertThat(Boot.on(
                                cluster,
                                Holes.PlacedParent.class,
                                Holes.PlacedChild.class,
                                Holes.OneSided.class,
                                Holes.OneSidedChild.class,
                                Holes.Currency.class,
                                Holes.Parent.class,
                                Holes.Child.class)
                        .faults())
                .containsExactly(
                        "Holes$OneSided.children" + links.replace("PlacedChild", "OneSidedChild"),
                        "Holes$OneSided.currencies: it writes the link into the rows of Holes$Currency, a reference table,"
                                + " of which one node's copy only would change. Give the association a @JoinTable.",
                        "Holes$PlacedParent.list" + placed,
                        "Holes$PlacedParent.map" + placed,
                        "Holes$PlacedParent.set" + links);
    }

    @Test
    void refusesAssociationsToAnyEntity() {
        var any = ": @Any names a row by its entity and id, without its key or node. List in @AnyDiscriminatorValue"
                + " only reference tables and entities of the same group whose id holds the key, or map one @ManyToOne"
                + " for each entity.";
        assertThat(Boot.on(cluster, Holes.AnyOf.class, Holes.Child.class, Holes.Parent.class, Holes.Currency.class)
                        .faults())
                .containsExactly("Holes$AnyOf.any" + any, "Holes$AnyOf.other" + any);
    }

    @Test
    void refusesSqlInTheMappingThatCarriesNoKey() {
        var cure =
                ", in which Shardloom puts no key. Leave it to Hibernate or a query, or compare the key in it yourself"
                        + " and say so: by the comment /*+ shardloom.unchecked */ in it, or by shardloom.native-sql = unchecked for"
                        + " the whole unit.";
        var reads = " reads rows by a select of its own" + cure;
        var is = " is a statement of its own" + cure;
        assertThat(Boot.on(cluster, Holes.Fragments.class, Holes.Statements.class, Holes.View.class)
                        .faults())
                .containsExactly(
                        "Holes$Fragments: @Filter" + reads,
                        "Holes$Fragments: @SQLRestriction" + reads,
                        "Holes$Fragments.labels: @SQLRestriction" + reads,
                        "Holes$Fragments.name: @ColumnTransformer" + reads,
                        "Holes$Fragments.next: @Generated" + reads,
                        "Holes$Fragments.others: the formula" + reads,
                        "Holes$Statements: @SQLDelete" + is,
                        "Holes$Statements: @SQLInsert" + is,
                        "Holes$Statements: @SQLSelect" + is,
                        "Holes$Statements: @SQLUpdate" + is,
                        "Holes$View: @Subselect" + is);
    }

    @Test
    void refusesToFindRowsByTheirPlaceAndViews() {
        assertThat(Boot.on(cluster, Holes.ByPlace.class, Holes.Seen.class).faults())
                .containsExactly(
                        "Holes$ByPlace: @RowId finds a row by its place in the file of its partition (ctid), where"
                                + " other partitions have rows of other keys. Leave it out: PostgreSQL finds rows by the index of"
                                + " their id.",
                        "Holes$Seen: a @View has no partitions, so it cannot be created for a sharded entity. Query the"
                                + " entities it reads.");
    }

    @Test
    void refusesCollectionRowsFoundByANumber() {
        assertThat(Boot.on(cluster, Holes.Numbered.class).faults())
                .containsExactly("Holes$Numbered.labels: by @CollectionId its rows are changed and deleted by a number"
                        + " alone, which rows of other keys may have too. Leave it out, or use @OrderColumn.");
    }

    @Test
    void refusesPastStatesThatOtherKeysOrNodesWouldMiss() {
        var beside = "Holes$Remembered: @Temporal keeps past states by the id alone, which rows of other keys may have"
                + " too. Make customer part of the id.";
        var reference = "Holes$WatchedReference: @Audited keeps past states of a reference table on one node only. Keep"
                + " them in a reference table of your own.";
        var unguarded = ": @Audited keeps past states where row-level security does not keep the keys apart. Keep them"
                + " in an entity of your own, with the same key.";
        var boot = Boot.on(cluster, Holes.Remembered.class, Holes.Watched.class, Holes.WatchedReference.class);
        assertThat(boot.faults()).containsExactly(beside, reference);
        assertThat(boot.with("shardloom.row-level-security", "true").faults())
                .contains(beside, reference, "Holes$Watched" + unguarded, "Holes$Watched.labels" + unguarded);
    }

    @Test
    void startsWithoutAnyShardedEntityAndSaysSoWhenGivenAKey() {
        var boot = Boot.on(cluster, Homes.Currency.class, Ids.LocalIdentity.class)
                .with("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        try (var emf = boot.open()) {
            var door = Shardloom.of(emf);
            door.inNodeTransaction("n1", session -> session.persist(new Ids.LocalIdentity()));

            Assertions.assertThatThrownBy(() -> door.openSession(new UUID(1, 1)))
                    .isExactlyInstanceOf(InvalidShardKeyException.class)
                    .hasNoCause()
                    .hasMessage("There is no group, so no shard key of class java.util.UUID is taken. Mark an entity's"
                            + " key with @ShardKey, or configure a group with its key-type.");
        }
        cluster.resetDatabases();
    }

    @Test
    void saysThatAUnitWithoutEntitiesNeedsThemListed() {
        try (var emf = Boot.on(cluster).open()) {
            var door = Shardloom.of(emf);

            Assertions.assertThatThrownBy(() -> door.openSession(new UUID(1, 1)))
                    .isExactlyInstanceOf(InvalidShardKeyException.class)
                    .hasMessage(
                            "The persistence unit has no entity, so no shard key is taken. List its classes as <class>"
                                    + " in persistence.xml: Hibernate finds them by itself only where a scanner is on the class"
                                    + " path.");
        }
    }
}
