package io.shardloom.hibernate.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.NativeSqlException;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Repositories made by Hibernate's annotation processor, over every kind of session. */
@WithCluster(nodes = 1)
class RepositoryIT {
    static final List<String> SENT = new CopyOnWriteArrayList<>();
    static EntityManagerFactory emf;
    static Shardloom shop;

    enum Kind {
        SESSION {
            @Override
            void with(UUID key, Consumer<Shelf> work) {
                shop.inTransaction(key, session -> work.accept(new SessionShelf_(session)));
            }
        },
        STATELESS_SESSION {
            @Override
            void with(UUID key, Consumer<Shelf> work) {
                try (StatelessSession session = shop.openStatelessSession(key)) {
                    var transaction = session.beginTransaction();
                    work.accept(new StatelessShelf_(session));
                    transaction.commit();
                }
            }
        },
        ENTITY_MANAGER {
            @Override
            void with(UUID key, Consumer<Shelf> work) {
                try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, key))) {
                    em.getTransaction().begin();
                    work.accept(new JpaShelf_(em));
                    em.getTransaction().commit();
                }
            }
        };

        abstract void with(UUID key, Consumer<Shelf> work);
    }

    @BeforeAll
    static void open(EmbeddedCluster cluster) {
        StatementInspector recorder = sql -> {
            SENT.add(sql);
            return sql;
        };
        emf = Boot.on(cluster, Book.class)
                .with("hibernate.session_factory.statement_inspector", recorder)
                .open();
        shop = Shardloom.of(emf);
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @ParameterizedTest
    @EnumSource
    void seesAndChangesTheRowsOfItsKeyAlone(Kind kind) {
        var ann = reader();
        var bob = reader();
        SENT.clear();

        kind.with(ann, shelf -> {
            assertThat(shelf.count()).isEqualTo(2);
            assertThat(shelf.thickerThan(150)).extracting(book -> book.readerId).containsExactly(ann);
            assertThat(shelf.byTitle("Emma")).extracting(book -> book.readerId).containsExactly(ann);
            assertThat(shelf.titled("%a")).extracting(book -> book.readerId).containsExactly(ann, ann);
            assertThat(shelf.byIsbn("1").readerId).isEqualTo(ann);
            assertThat(shelf.thicken(1000)).isEqualTo(2);
            assertThat(shelf.throwAway("Emma")).isEqualTo(1);
        });

        assertThat(SENT).hasSize(7).allSatisfy(sql -> assertThat(sql).containsPattern("readerId\\s*=\\s*\\?"));
        shop.inTransaction(bob, (Session em) -> {
            var shelf = new SessionShelf_(em);
            assertThat(shelf.count()).isEqualTo(2);
            assertThat(shelf.thickerThan(1000)).isEmpty();
        });
    }

    @ParameterizedTest
    @EnumSource
    void refusesItsNativeSqlUnlessItSaysThatItIsUnchecked(Kind kind) {
        var ann = reader();
        reader();
        SENT.clear();

        kind.with(ann, shelf -> assertThatThrownBy(() -> shelf.titles().getResultList())
                .isInstanceOf(NativeSqlException.class)
                .hasMessageContaining("select title from book"));
        assertThat(SENT).isEmpty();
        kind.with(ann, shelf -> assertThat(
                        (List<?>) Shardloom.unchecked(shelf.titles()).getResultList())
                .hasSizeGreaterThan(3));
    }

    private static UUID reader() {
        var key = shop.newUuid();
        shop.inTransaction(key, em -> {
            em.persist(new Book(key, "1", "Emma", 100));
            em.persist(new Book(key, "2", "Saga", 200));
        });
        return key;
    }
}
