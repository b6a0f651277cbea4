package io.shardloom.hibernate.enhanced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.enhanced.Papers.Deed;
import io.shardloom.hibernate.enhanced.Papers.Desk;
import io.shardloom.hibernate.enhanced.Papers.Drawer;
import io.shardloom.hibernate.enhanced.Papers.Land;
import io.shardloom.hibernate.enhanced.Papers.Lease;
import io.shardloom.hibernate.enhanced.Papers.Page;
import io.shardloom.hibernate.enhanced.Papers.Paper;
import io.shardloom.hibernate.enhanced.Papers.Piece;
import io.shardloom.hibernate.enhanced.Papers.Receipt;
import io.shardloom.hibernate.enhanced.Papers.Ref;
import io.shardloom.hibernate.enhanced.Papers.Stone;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.hibernate.Hibernate;
import org.hibernate.LazyInitializationException;
import org.hibernate.exception.ConstraintViolationException;

/** What Hibernate does with enhanced entities; each public method is a test. Loaded by {@link EnhancingLoader}. */
public final class Scenarios {
    public void loadsLazyAttributesOfWhatIsFound(Unit unit) {
        var ref = paper(unit);

        for (var found : List.<Consumer<Consumer<Work>>>of(unit::in, unit::read)) {
            found.accept(work -> {
                var paper = find(work, ref);
                assertThat(isLoaded(paper, "text")).isFalse();
                assertThat(paper.text()).isEqualTo("text " + ref.num());
                assertThat(isLoaded(paper, "text")).isTrue();
                assertThat(isLoaded(paper, "cover")).isFalse();
                assertThat(paper.cover()).isEqualTo("cover " + ref.num());
            });
        }
    }

    public void loadsLazyAttributesOfWhatAQueryReturns(Unit unit) {
        var first = paper(unit);
        var second = paper(unit);

        for (var found : List.<Consumer<Consumer<Work>>>of(unit::in, unit::read)) {
            found.accept(work -> assertThat(work.query("from Paper" + of(unit) + " order by num", Paper.class))
                    .extracting(Paper::text, Paper::cover)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("text " + first.num(), "cover " + first.num()),
                            org.assertj.core.groups.Tuple.tuple("text " + second.num(), "cover " + second.num())));
        }
    }

    public void loadsLazyAttributesOfRowsOfSeveralNodes(Unit unit) {
        if (!unit.takesBoth()) {
            return;
        }
        var here = new Paper(unit.key(), unit.next());
        var there = new Paper(unit.other(), unit.next());
        unit.in(work -> List.of(here, there).forEach(work::persist));

        unit.in(work -> {
            var papers = work.findAll(Paper.class, List.of(there.ref(), here.ref()));
            assertThat(papers.get(0).text()).isEqualTo("text " + there.num);
            assertThat(papers.get(1).text()).isEqualTo("text " + here.num);
            papers.get(0).text("changed there");
            papers.get(1).cover("changed here");
        });

        unit.read(work -> {
            var papers = work.query(
                    "from Paper where customer in (" + unit.key() + ", " + unit.other() + ") order by num",
                    Paper.class);
            assertThat(papers).extracting(Paper::text).containsExactly("text " + here.num, "changed there");
            assertThat(papers).extracting(Paper::cover).containsExactly("changed here", "cover " + there.num);
        });
    }

    public void loadsLazyCollections(Unit unit) {
        var ref = paper(unit);

        unit.in(work -> {
            var paper = find(work, ref);
            assertThat(paper.pages()).extracting(Page::text).containsExactly("page 1", "page 2");
            assertThat(paper.tags()).containsExactly("new", "old");
            paper.tags().remove("old");
            paper.pages().remove(0);
        });

        unit.read(work -> {
            var paper = find(work, ref);
            assertThat(paper.pages()).extracting(Page::text).containsExactly("page 2");
            assertThat(paper.tags()).containsExactly("new");
        });
        assertThat(unit.list("from Page" + of(unit), Page.class)).hasSize(1);
    }

    public void loadsToOneAssociationsWithoutAProxy(Unit unit) {
        var ref = paper(unit);
        var bare = new Paper(unit.key(), unit.next());
        unit.in(work -> work.persist(bare));

        unit.read(work -> {
            assertThat(find(work, bare.ref()).receipt()).isNull();
            var paper = find(work, ref);
            assertThat(paper.receipt().payer()).isEqualTo("payer " + ref.num());
        });
    }

    public void loadsEntitiesThatAreTheirOwnProxies(Unit unit) {
        var ref = paper(unit);

        unit.in(work -> {
            var paper = Objects.requireNonNull(work.find(Page.class, new Ref(unit.key(), 1)))
                    .paper();
            assertThat(paper.getClass()).isSameAs(Paper.class);
            assertThat(Hibernate.isInitialized(paper)).isFalse();
            assertThat(paper.title()).isEqualTo("title " + ref.num());
            assertThat(paper.text()).isEqualTo("text " + ref.num());
        });
    }

    public void writesThroughEntitiesThatAreTheirOwnProxies(Unit unit) {
        var ref = paper(unit);

        unit.in(work -> Objects.requireNonNull(work.find(Page.class, new Ref(unit.key(), 1)))
                .paper()
                .title("changed"));

        unit.read(work -> {
            assertThat(find(work, ref).title()).isEqualTo("changed");
            assertThat(find(work, ref).text()).isEqualTo("text " + ref.num());
            assertThat(find(work, ref).version()).isEqualTo(1);
        });
    }

    public void loadsReferenceRows(Unit unit) {
        var code = "L" + unit.next();
        unit.shared(work -> work.persist(new Land(code)));
        var paper = new Paper(unit.key(), unit.next());
        unit.in(work -> {
            paper.land(work.find(Land.class, code));
            work.persist(paper);
        });

        unit.in(work -> {
            assertThat(find(work, paper.ref()).land().name()).isEqualTo("name " + code);
            assertThat(find(work, paper.ref()).land().anthem()).isEqualTo("anthem " + code);
        });
        unit.shared(work -> Objects.requireNonNull(work.find(Land.class, code)).anthem("new"));
        unit.read(work -> assertThat(find(work, paper.ref()).land().anthem()).isEqualTo("new"));
    }

    public void loadsLazyAttributesOfJoinedTables(Unit unit) {
        int num = unit.next();
        unit.in(work -> work.persist(new Lease(unit.key(), num)));

        unit.in(work -> {
            var deed = work.query("from Deed" + of(unit), Deed.class).get(0);
            assertThat(deed.text()).isEqualTo("text " + num);
            assertThat(((Lease) deed).terms()).isEqualTo("terms " + num);
        });
        unit.read(work -> assertThat(Objects.requireNonNull(work.find(Lease.class, new Ref(unit.key(), num)))
                        .terms())
                .isEqualTo("terms " + num));
    }

    public void loadsLazyAttributesOfUnitedTables(Unit unit) {
        int num = unit.next();
        unit.in(work -> work.persist(new Stone(unit.key(), num)));

        unit.in(work -> {
            var piece = work.query("from Piece" + of(unit), Piece.class).get(0);
            assertThat(piece.text()).isEqualTo("text " + num);
            assertThat(((Stone) piece).colour()).isEqualTo("colour " + num);
        });
        unit.read(work -> assertThat(Objects.requireNonNull(work.find(Stone.class, new Ref(unit.key(), num)))
                        .colour())
                .isEqualTo("colour " + num));
    }

    public void loadsLazyAttributesOfRowsWhoseKeyIsBesideTheId(Unit unit) {
        int id = desk(unit);

        unit.in(work -> {
            var desk = Objects.requireNonNull(work.find(Desk.class, id));
            assertThat(desk.text()).isEqualTo("text " + id);
            desk.text("changed");
        });

        unit.read(work -> assertThat(work.query("from Desk" + of(unit), Desk.class))
                .extracting(Desk::text)
                .containsExactly("changed"));
    }

    public void takesEntitiesWhoseKeyIsNotLoaded(Unit unit) {
        int id = desk(unit);

        unit.in(work -> {
            var drawer = Objects.requireNonNull(work.find(Drawer.class, id));
            assertThat(Hibernate.isInitialized(drawer.desk())).isFalse();
            assertThat(work.merge(drawer.desk()).name()).isEqualTo("desk");
        });
        unit.in(work -> {
            var drawer = Objects.requireNonNull(work.find(Drawer.class, id));
            var desk = drawer.desk();
            work.remove(drawer);
            work.remove(desk);
        });

        assertThat(unit.list("from Desk" + of(unit), Desk.class)).isEmpty();
    }

    public void mergesEntitiesWhoseKeyIsNotLoadedAndThatAreDetached(Unit unit) {
        int id = desk(unit);
        var found = new ArrayList<Drawer>();
        unit.in(work -> found.add(work.find(Drawer.class, id)));

        unit.in(work -> {
            var desk = work.merge(found.get(0).desk());
            assertThat(desk.text()).isEqualTo("text " + id);
            desk.text("changed");
        });

        assertThat(unit.list("from Desk" + of(unit), Desk.class))
                .extracting(desk -> desk.id)
                .containsExactly(id);
        unit.read(work -> assertThat(
                        Objects.requireNonNull(work.find(Desk.class, id)).text())
                .isEqualTo("changed"));
    }

    public void mergesEntitiesWhoseKeyIsBesideTheIdAndOfWhichPartsAreNotLoaded(Unit unit) {
        int id = desk(unit);
        var found = new ArrayList<Desk>();
        unit.in(work -> found.add(work.find(Desk.class, id)));
        found.addAll(unit.list("from Desk" + of(unit), Desk.class));

        for (var desk : found) {
            assertThat(isLoaded(desk, "text")).isFalse();
            unit.in(work -> assertThat(work.merge(desk).text()).isEqualTo("text " + id));
        }
    }

    public void refusesReferencesToRowsOfOtherKeysThatAreNotLoaded(Unit unit) {
        if (unit.side() != Unit.Side.KEY) {
            return;
        }
        var shop = Shardloom.of(unit.sharded());
        int others = unit.next();
        shop.inTransaction(unit.other(), em -> em.persist(new Desk(others, unit.other())));
        int own = unit.next();
        shop.inTransaction(unit.key(), em -> em.persist(new Desk(own, unit.key())));

        shop.inTransaction(unit.key(), em -> em.persist(new Drawer(own, unit.key(), em.getReference(Desk.class, own))));
        assertThatThrownBy(() -> shop.inTransaction(
                        unit.key(),
                        em -> em.persist(new Drawer(others, unit.key(), em.getReference(Desk.class, others)))))
                .satisfiesAnyOf( // by the foreign key where it has the key
                        failure -> assertThat(failure).isInstanceOf(WrongShardKeyException.class),
                        failure -> assertThat(failure).hasCauseInstanceOf(ConstraintViolationException.class));
        assertThat(unit.list("from Drawer" + of(unit), Drawer.class))
                .extracting(drawer -> drawer.id)
                .containsExactly(own);
    }

    public void failsToLoadWhatIsDetached(Unit unit) {
        var ref = paper(unit);
        var found = new ArrayList<Paper>();
        unit.in(work -> found.add(find(work, ref)));
        unit.read(work -> found.add(find(work, ref)));
        found.addAll(unit.list("from Paper" + of(unit), Paper.class));

        assertThat(found).hasSize(3).allSatisfy(paper -> {
            assertThat(paper.title()).isEqualTo("title " + ref.num());
            assertThatThrownBy(paper::text)
                    .isExactlyInstanceOf(LazyInitializationException.class)
                    .hasMessage("Unable to perform requested lazy initialization [" + Paper.class.getName()
                            + ".text] - no session and settings disallow loading outside the Session");
        });
    }

    public void writesOnlyWhatIsDirty(Unit unit) {
        var ref = paper(unit);

        unit.in(work -> find(work, ref).title("title " + ref.num()));
        unit.read(work -> assertThat(find(work, ref).version()).isZero());

        unit.in(work -> {
            find(work, ref).text("written, not read");
            work.flush();
            find(work, ref).place().city("Porto");
        });
        unit.read(work -> {
            var paper = find(work, ref);
            assertThat(paper.version()).isEqualTo(2);
            assertThat(paper.text()).isEqualTo("written, not read");
            assertThat(paper.cover()).isEqualTo("cover " + ref.num());
            assertThat(paper.place().city).isEqualTo("Porto");
        });
    }

    public void seesItsChangesInQueries(Unit unit) {
        var ref = paper(unit);

        unit.in(work -> {
            find(work, ref).text("changed");
            assertThat(work.query("select text from Paper" + of(unit), String.class))
                    .containsExactly("changed");
        });
    }

    public void mergesWhatWasNotLoaded(Unit unit) {
        var ref = paper(unit);
        var detached = new ArrayList<Paper>();
        unit.in(work -> detached.add(find(work, ref)));
        detached.get(0).title("merged");
        detached.get(0).cover("merged cover");

        unit.in(work -> {
            var merged = work.merge(detached.get(0));
            assertThat(merged.text()).isEqualTo("text " + ref.num());
            assertThat(merged.pages()).hasSize(2);
        });

        unit.read(work -> {
            var paper = find(work, ref);
            assertThat(paper.title()).isEqualTo("merged");
            assertThat(paper.cover()).isEqualTo("merged cover");
            assertThat(paper.text()).isEqualTo("text " + ref.num());
            assertThat(paper.receipt().payer()).isEqualTo("payer " + ref.num());
        });
    }

    public void removesWhatWasNotLoaded(Unit unit) {
        var ref = paper(unit);

        unit.in(work -> work.remove(find(work, ref)));

        assertThat(unit.list("from Paper" + of(unit), Paper.class)).isEmpty();
        assertThat(unit.list("from Page" + of(unit), Page.class)).isEmpty();
        assertThat(unit.list("from Receipt" + of(unit), Receipt.class)).isEmpty();
    }

    public void changesInBulk(Unit unit) {
        var ref = paper(unit);

        unit.in(work -> {
            assertThat(work.execute("update Paper set text = 'bulk'" + of(unit)))
                    .isEqualTo(1);
            assertThat(find(work, ref).text()).isEqualTo("bulk");
        });
    }

    public void managesBothSidesOfAnAssociation(Unit unit) {
        var ref = paper(unit);

        unit.in(work -> {
            var paper = find(work, ref);
            assertThat(paper.pages()).hasSize(2);
            var page = new Page(unit.key(), 3);
            page.paper(paper);
            assertThat(paper.pages()).contains(page);
        });

        unit.read(work -> assertThat(find(work, ref).pages()).hasSize(3));
    }

    public void loadsFieldsThatOtherClassesRead(Unit unit) {
        if (!unit.extended()) {
            return;
        }
        var ref = paper(unit);

        unit.in(work -> {
            assertThat(find(work, ref).text).isEqualTo("text " + ref.num());
            find(work, ref).cover = "changed";
        });

        unit.read(work -> assertThat(find(work, ref).cover).isEqualTo("changed"));
    }

    private static boolean isLoaded(Object entity, String attribute) {
        return Hibernate.isPropertyInitialized(entity, attribute);
    }

    private static String of(Unit unit) {
        return " where customer = " + unit.key();
    }

    private static Paper find(Work work, Ref ref) {
        return Objects.requireNonNull(work.find(Paper.class, ref));
    }

    /** Stores a paper of two pages with a receipt. */
    private static Ref paper(Unit unit) {
        var paper = new Paper(unit.key(), unit.next());
        paper.tags().add("new");
        paper.tags().add("old");
        boolean first = unit.list("from Paper" + of(unit), Paper.class).isEmpty();
        for (int num = 1; first && num < 3; num++) {
            var page = new Page(unit.key(), num);
            page.paper(paper);
            if (!paper.pages().contains(page)) {
                paper.pages().add(page);
            }
        }
        paper.receipt(new Receipt(unit.key(), paper.num, paper));
        unit.in(work -> work.persist(paper));
        return paper.ref();
    }

    /** Stores a desk and a drawer of it. */
    private static int desk(Unit unit) {
        int id = unit.next();
        var desk = new Desk(id, unit.key());
        unit.in(work -> {
            work.persist(desk);
            work.persist(new Drawer(id, unit.key(), desk));
        });
        return id;
    }
}
