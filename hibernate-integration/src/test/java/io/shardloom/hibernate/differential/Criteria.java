package io.shardloom.hibernate.differential;

import io.shardloom.hibernate.differential.Model.Client;
import io.shardloom.hibernate.differential.Model.Land;
import io.shardloom.hibernate.differential.Model.Level;
import io.shardloom.hibernate.differential.Model.Purchase;
import jakarta.persistence.Parameter;
import jakarta.persistence.Tuple;
import jakarta.persistence.criteria.CriteriaQuery;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.query.Order;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.hibernate.query.restriction.Path;
import org.hibernate.query.specification.SelectionSpecification;

/** Criteria queries with plain values and with parameters that have no name. */
final class Criteria {
    private Criteria() {}

    /** Makes a query for one factory, and says what its parameters are to be. */
    interface Asked {
        CriteriaQuery<?> by(HibernateCriteriaBuilder builder, Map<Parameter<?>, Object> parameters);
    }

    static Map<String, Asked> all() {
        var all = new LinkedHashMap<String, Asked>();
        values(all);
        parameters(all);
        composed(all);
        return all;
    }

    private static void values(Map<String, Asked> all) {
        all.put("values of many types", (builder, parameters) -> {
            var query = builder.createQuery(Purchase.class);
            var purchase = query.from(Purchase.class);
            return query.where(builder.or(
                    builder.equal(purchase.get("secret"), "s7"),
                    builder.equal(purchase.get("day"), LocalDate.of(2025, 1, 9)),
                    builder.greaterThan(purchase.get("total"), new BigDecimal("900.50")),
                    builder.equal(purchase.get("paid"), true)));
        });
        all.put("a converted enum and a list of values", (builder, parameters) -> {
            var query = builder.createQuery(Client.class);
            var client = query.from(Client.class);
            query.where(
                    client.get("level").in(Level.LOW, Level.HIGH), builder.notEqual(client.get("rank"), Level.MIDDLE));
            return query.orderBy(builder.asc(client.get("id")));
        });
        all.put("the value of a key", (builder, parameters) -> {
            var query = builder.createQuery(Long.class);
            var purchase = query.from(Purchase.class);
            return query.select(builder.count(purchase)).where(builder.equal(purchase.get("clientId"), 7L));
        });
        all.put("groups with values", (builder, parameters) -> {
            var query = builder.createQuery(Object[].class);
            var client = query.from(Client.class);
            query.select(builder.array(client.get("region"), builder.count(client)));
            query.where(builder.greaterThan(client.<Integer>get("age"), 10));
            query.groupBy(client.get("region"));
            return query.having(builder.greaterThan(builder.count(client), 2L));
        });
    }

    private static void parameters(Map<String, Asked> all) {
        all.put("two parameters of one type, one of them twice", (builder, parameters) -> {
            var least = builder.parameter(Integer.class);
            var most = builder.parameter(Integer.class);
            parameters.put(least, 10);
            parameters.put(most, 50);
            var query = builder.createQuery(Client.class);
            var client = query.from(Client.class);
            return query.where(
                    builder.greaterThan(client.get("age"), least),
                    builder.lessThan(client.get("age"), most),
                    builder.or(
                            builder.lessThan(client.get("grade").as(Integer.class), least),
                            client.get("vip").isNull()));
        });
        all.put("the parameter of a key", (builder, parameters) -> {
            var key = builder.parameter(Long.class);
            parameters.put(key, 12L);
            var query = builder.createQuery(Object[].class);
            var purchase = query.from(Purchase.class);
            query.select(builder.array(builder.count(purchase), builder.max(purchase.<Integer>get("number"))));
            return query.where(builder.equal(purchase.get("clientId"), key));
        });
        all.put("a parameter with a name beside one without", (builder, parameters) -> {
            var named = builder.parameter(String.class, "region");
            var unnamed = builder.parameter(Long.class);
            parameters.put(named, "north");
            parameters.put(unnamed, 20L);
            var query = builder.createQuery(String.class);
            var client = query.from(Client.class);
            query.select(client.get("region")).distinct(true);
            return query.where(builder.or(
                    builder.equal(client.get("region"), named), builder.lessThan(client.get("id"), unnamed)));
        });
        all.put("a parameter of having", (builder, parameters) -> {
            var least = builder.parameter(Long.class);
            parameters.put(least, 3L);
            var query = builder.createQuery(String.class);
            var client = query.from(Client.class);
            query.select(client.get("region")).groupBy(client.get("region"));
            return query.having(builder.greaterThan(builder.count(client), least));
        });
        all.put("a list as a parameter", (builder, parameters) -> {
            var keys = builder.parameter(Collection.class);
            parameters.put(keys, List.of(3L, 4L, 17L));
            var query = builder.createQuery(Client.class);
            var client = query.from(Client.class);
            return query.where(client.get("id").in(keys));
        });
        all.put("a null", (builder, parameters) -> {
            var age = builder.parameter(Integer.class);
            parameters.put(age, null);
            var query = builder.createQuery(Client.class);
            var client = query.from(Client.class);
            return query.where(builder.or(builder.equal(client.get("age"), age), builder.equal(client.get("id"), 7L)));
        });
    }

    private static void composed(Map<String, Asked> all) {
        all.put("a union with a parameter in both parts", (builder, parameters) -> {
            var least = builder.parameter(Integer.class);
            parameters.put(least, 8);
            var clients = builder.createQuery(String.class);
            var client = clients.from(Client.class);
            clients.select(client.get("region")).where(builder.greaterThan(client.get("age"), least));
            var purchases = builder.createQuery(String.class);
            var purchase = purchases.from(Purchase.class);
            purchases.select(purchase.get("status")).where(builder.greaterThan(purchase.get("quantity"), least));
            return builder.union(clients, purchases);
        });
        all.put("an intersection in memory with a parameter in both parts", (builder, parameters) -> {
            var least = builder.parameter(Integer.class);
            parameters.put(least, 3);
            var clients = builder.createQuery(Integer.class);
            var client = clients.from(Client.class);
            clients.select(client.get("age")).where(builder.greaterThan(client.get("age"), least));
            var purchases = builder.createQuery(Integer.class);
            var purchase = purchases.from(Purchase.class);
            purchases.select(purchase.get("quantity")).where(builder.notEqual(purchase.get("quantity"), 11));
            return builder.intersect(clients, purchases);
        });
        all.put("a derived table", (builder, parameters) -> {
            var least = builder.parameter(Integer.class);
            parameters.put(least, 5);
            var query = builder.createQuery(Object[].class);
            var counts = query.subquery(Tuple.class);
            var purchase = counts.from(Purchase.class);
            counts.multiselect(
                    purchase.get("clientId").alias("k"), builder.count(purchase).alias("n"));
            counts.where(builder.greaterThan(purchase.get("quantity"), least));
            counts.groupBy(purchase.get("clientId"));
            var derived = query.from(counts);
            query.select(builder.array(derived.get("k"), derived.get("n")));
            return query.where(builder.greaterThan(derived.get("n"), 2L));
        });
        all.put("a joined lateral derived table", (builder, parameters) -> {
            var query = builder.createQuery(Object[].class);
            var client = query.from(Client.class);
            var last = query.subquery(Tuple.class);
            var of = last.correlate(client);
            var purchase = last.from(Purchase.class);
            last.multiselect(builder.count(purchase).alias("n"));
            last.where(builder.equal(purchase.get("clientId"), of.get("id")));
            var joined = client.joinLateral(last);
            return query.select(builder.array(client.get("id"), joined.get("n")));
        });
        all.put("a specification", (builder, parameters) -> SelectionSpecification.create(Client.class)
                .restrict(Path.from(Client.class)
                        .to("land", Land.class)
                        .to("code", String.class)
                        .equalTo("de"))
                .sort(Order.asc(Client.class, "id"))
                .buildCriteria(builder));
        all.put("a specification beside HQL", (builder, parameters) -> SelectionSpecification.create(
                        Client.class, "from Client where age > 10")
                .augment((criteria, query, client) -> query.where(criteria.equal(client.get("vip"), true)))
                .sort(Order.desc(Client.class, "region"))
                .buildCriteria(builder));
        all.put("a common table expression", (builder, parameters) -> {
            var query = builder.createQuery(Object[].class);
            var counts = builder.createTupleQuery();
            var purchase = counts.from(Purchase.class);
            counts.select(builder.tuple(
                    purchase.get("clientId").alias("k"),
                    builder.max(purchase.<Integer>get("number")).alias("m")));
            counts.groupBy(purchase.get("clientId"));
            var named = query.from(query.with("counts", counts));
            return query.select(builder.array(named.get("k"), named.get("m")));
        });
    }
}
