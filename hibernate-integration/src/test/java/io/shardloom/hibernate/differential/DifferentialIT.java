package io.shardloom.hibernate.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.shardloom.failure.RefusedQueryException;
import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.differential.Model.Client;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Parameter;
import jakarta.persistence.Query;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.hibernate.query.KeyedPage;
import org.hibernate.query.KeyedResultList;
import org.hibernate.query.Order;
import org.hibernate.query.Page;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same HQL over three nodes and on one PostgreSQL with all rows: equal in order, type and scale, or refused. */
@WithCluster(nodes = 3)
class DifferentialIT {
    static Sides sides;

    @BeforeAll
    static void open(EmbeddedCluster cluster) throws SQLException {
        sides = new Sides(cluster);
    }

    @AfterAll
    static void close() {
        if (sides != null) {
            sides.close();
        }
    }

    @Test
    void answersWrittenQuestionsAsOnePostgresDoes() {
        var questions = Written.all();

        assertThat(differences(questions)).isEmpty();
        assertThat(questions).hasSizeGreaterThan(300);
    }

    /** {@code -Ddifferential.seed=} asks other questions, {@code -Ddifferential.count=} asks more. */
    @Test
    void answersGeneratedQuestionsAsOnePostgresDoes() {
        long seed = Long.getLong("differential.seed", 1);

        var differences = differences(Generated.all(seed, Integer.getInteger("differential.count", 200)));

        assertThat(differences).as("differential.seed=" + seed).isEmpty();
    }

    @Test
    void answersGeneratedSetOperationsAndDerivedTablesOrRefusesThemForAKnownReason() {
        long seed = Long.getLong("differential.seed", 1);
        var questions = GeneratedComposed.all(seed, Integer.getInteger("differential.count", 120));

        var unlike = differences(questions);
        var wrong = unlike.stream()
                .filter(difference -> !difference.contains("RefusedQueryException")
                        || GeneratedComposed.REASONS.stream().noneMatch(difference::contains))
                .toList();

        assertThat(wrong).as("differential.seed=" + seed).isEmpty();
        assertThat(unlike).as("refused, differential.seed=" + seed).hasSizeLessThan(questions.size() / 2);
    }

    @Test
    void refusesWhatItCannotAnswerExactly() {
        assertSoftly(soft -> Refused.all().forEach((hql, part) -> soft.assertThatThrownBy(
                        () -> sides.shop.query(hql, Object.class).getResultList())
                .as(hql)
                .isInstanceOf(RefusedQueryException.class)
                .hasMessageStartingWith("The query cannot be answered exactly over several nodes: ")
                .hasMessageContaining(part)));
    }

    @Test
    void answersCriteriaQueriesAsOnePostgresDoes() {
        assertSoftly(soft -> Criteria.all().forEach((name, asked) -> {
            var expected = sides.plain.fromTransaction(session -> {
                var parameters = new LinkedHashMap<Parameter<?>, Object>();
                var query = session.createQuery(asked.by(sides.plain.getCriteriaBuilder(), parameters));
                parameters.forEach((parameter, value) -> bind(query, parameter, value));
                return query.getResultList().stream().map(Values::text).sorted().toList();
            });

            soft.assertThat(asked(sides.cluster, asked))
                    .as(name)
                    .isEqualTo(expected)
                    .isNotEmpty();
            soft.assertThat(asked(sides.inline, asked))
                    .as(name + ", values in the SQL")
                    .isEqualTo(expected);
        }));
    }

    @SuppressWarnings("unchecked")
    private static void bind(Query query, Parameter<?> parameter, Object value) {
        query.setParameter((Parameter<Object>) parameter, value);
    }

    private static List<String> asked(EntityManagerFactory factory, Criteria.Asked asked) {
        var parameters = new LinkedHashMap<Parameter<?>, Object>();
        var criteria = asked.by((HibernateCriteriaBuilder) factory.getCriteriaBuilder(), parameters);
        return Shardloom.of(factory).readCluster(session -> {
            var query = session.query(criteria);
            parameters.forEach((parameter, value) -> bind(query, parameter, value));
            return query.getResultList().stream().map(Values::text).sorted().toList();
        });
    }

    @SuppressWarnings("unchecked")
    private static void bind(ClusterQuery<?> query, Parameter<?> parameter, Object value) {
        query.setParameter((Parameter<Object>) parameter, value);
    }

    @Test
    void pagesByKeyAsOnePostgresDoes() {
        var byScore = List.<Order<? super Client>>of(Order.desc(Client.class, "grade"), Order.asc(Client.class, "id"));
        var byToken = List.<Order<? super Client>>of(Order.asc(Client.class, "token"));

        for (var keys : List.of(byScore, byToken)) {
            var pages = new ArrayList<KeyedPage<Client>>();
            KeyedPage<Client> next = Page.first(7).keyedBy(keys);
            while (next != null) {
                pages.add(next);
                next = comparedPage(next).getNextPage();
            }
            assertThat(pages).hasSize(9);
            KeyedPage<Client> before = pages.get(8);
            for (int i = 8; i >= 0; i--) {
                before = comparedPage(before).getPreviousPage();
            }
        }
    }

    private static KeyedResultList<Client> comparedPage(KeyedPage<Client> page) {
        var hql = "from Client c where c.age > :age or c.age is null";
        var expected = sides.plain.fromTransaction(session -> session.createSelectionQuery(hql, Client.class)
                .setParameter("age", -3)
                .getKeyedResultList(page));
        var actual = sides.shop.query(hql, Client.class).setParameter("age", -3).getKeyedResultList(page);
        assertThat(actual.getResultList().stream().map(client -> client.id))
                .isEqualTo(expected.getResultList().stream()
                        .map(client -> client.id)
                        .toList());
        assertThat(actual.getKeyList()).isEqualTo(expected.getKeyList());
        assertThat(key(actual.getNextPage())).isEqualTo(key(expected.getNextPage()));
        assertThat(key(actual.getPreviousPage())).isEqualTo(key(expected.getPreviousPage()));
        return actual;
    }

    private static Object key(KeyedPage<?> page) {
        return page == null
                ? null
                : List.of(
                        page.getKey(),
                        page.getKeyInterpretation(),
                        page.getPage().getNumber());
    }

    @Test
    void refusesPagesByKeysThatAreNull() {
        var page = Page.first(50)
                .keyedBy(List.<Order<? super Client>>of(Order.asc(Client.class, "age"), Order.asc(Client.class, "id")));

        assertThatThrownBy(() -> sides.shop
                        .query("from Client", Client.class)
                        .getKeyedResultList(page.getPage().next().keyedBy(page.getKeyDefinition())))
                .isInstanceOf(RefusedQueryException.class)
                .hasMessageStartingWith("A row of the page has no value of its key 'age'");
    }

    private static List<String> differences(List<Question> questions) {
        var differences = new ArrayList<String>();
        for (var question : questions) {
            var expected = plain(question);
            String actual;
            try {
                actual = clustered(question).toString();
            } catch (RuntimeException e) {
                actual = e.toString();
            }
            if (!expected.toString().equals(actual)) {
                differences.add("%n%s%n  plain   %s%n  cluster %s".formatted(question, expected, actual));
            }
        }
        return differences;
    }

    private static List<String> plain(Question question) {
        return sides.plain.fromTransaction(session -> {
            var query = session.createSelectionQuery(question.hql(), question.type());
            question.parameters().forEach((name, value) -> {
                if (value instanceof List<?> list) {
                    query.setParameterList(name, list);
                } else {
                    query.setParameter(name, value);
                }
            });
            if (question.first() != null) {
                query.setFirstResult(question.first()).setMaxResults(question.max());
            }
            return texts(question, query.getResultList());
        });
    }

    private static List<String> clustered(Question question) {
        return sides.shop.readCluster(session -> {
            var query = session.query(question.hql(), question.type());
            question.parameters().forEach(query::setParameter);
            if (question.first() != null) {
                query.setFirstResult(question.first()).setMaxResults(question.max());
            }
            return texts(question, query.getResultList());
        });
    }

    private static List<String> texts(Question question, List<?> rows) {
        var texts = rows.stream().map(Values::text);
        return (question.ordered() ? texts : texts.sorted()).toList();
    }
}
