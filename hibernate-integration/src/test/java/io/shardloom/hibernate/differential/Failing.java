package io.shardloom.hibernate.differential;

import io.shardloom.hibernate.ClusterSession;
import io.shardloom.hibernate.differential.Model.Client;
import io.shardloom.hibernate.differential.Model.Pair;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.hibernate.Session;

/** Work that fails, on one PostgreSQL and on the cluster. */
final class Failing {
    private Failing() {}

    /** A query that fails where it is made, bound or run. */
    record Asked(String hql, Class<?> type, Map<Object, Object> parameters) {}

    /** Work that fails in a session, and in a cluster session. */
    record Done(Consumer<Session> plain, Consumer<ClusterSession> cluster) {}

    static Map<String, Asked> queries() {
        var all = new LinkedHashMap<String, Asked>();
        all.put("a parameter of a wrong type", asked("from Client where age = :age", Client.class, "age", "old"));
        all.put("a key of a wrong type", asked("from Client where id = :id", Client.class, "id", "seven"));
        all.put(
                "a list with a value of a wrong type",
                asked("from Client where age in :ages", Client.class, "ages", List.of(1, "old")));
        all.put("a numbered parameter of a wrong type", asked("from Client where age = ?1", Client.class, 1, "old"));
        all.put("an unknown parameter", asked("from Client where age = :age", Client.class, "aeg", 1));
        all.put("an unknown number of a parameter", asked("from Client where age = ?1", Client.class, 2, 1));
        all.put("a parameter that is not bound", asked("from Client where age = :age", Client.class));
        all.put("a key that is not bound", asked("from Client where id = :id", Client.class));
        all.put("a limit that is not bound", asked("from Client order by id limit :n", Client.class));
        all.put("wrong syntax", asked("from Client whre age = 1", Client.class));
        all.put("an unknown entity", asked("from Clint", Object.class));
        all.put("an unknown attribute", asked("select c.aeg from Client c", Object.class));
        all.put("operands of wrong types", asked("from Client where age = 'old'", Client.class));
        all.put("a result of a wrong type", asked("select c.name from Client c", Long.class));
        all.put("a record without such a constructor", asked("select c.name, c.age from Client c", Pair.class));
        all.put("too many values for one class", asked("select c.name, c.age from Client c", String.class));
        all.put("no select statement", asked("delete from Client", Client.class));
        all.put("division by zero", asked("select 1 / (c.age - c.age) from Client c", Integer.class));
        all.put("division of merged groups by zero", asked("select 1 / (count(*) - count(*)) from Client", Long.class));
        all.put("a text that is no number", asked("select cast(c.region as Integer) from Client c", Integer.class));
        all.put(
                "division by zero behind the first rows",
                asked("select 1 / (c.grade - 5) from Client c order by c.grade", Integer.class));
        all.put("a sub-query of several rows", asked("select (select l.code from Land l) from Client c", String.class));
        all.put(
                "columns that are not grouped",
                asked("select c.name, c.age, count(*) from Client c group by c.name", Object[].class));
        all.put(
                "unlike parts of a union",
                asked("select c.id from Client c union select c.name from Client c", Object.class));
        return all;
    }

    private static Asked asked(String hql, Class<?> type, Object... parameters) {
        var bound = new LinkedHashMap<Object, Object>();
        for (int i = 0; i < parameters.length; i += 2) {
            bound.put(parameters[i], parameters[i + 1]);
        }
        return new Asked(hql, type, bound);
    }

    static Map<String, Done> work() {
        var all = new LinkedHashMap<String, Done>();
        all.put("find by null", new Done(s -> s.find(Client.class, null), s -> s.find(Client.class, null)));
        all.put("find no entity", new Done(s -> s.find(String.class, 7L), s -> s.find(String.class, 7L)));
        all.put("persist null", new Done(s -> s.persist(null), s -> s.persist(null)));
        all.put("persist no entity", new Done(s -> s.persist("x"), s -> s.persist("x")));
        all.put("merge null", new Done(s -> s.merge(null), s -> s.merge(null)));
        all.put("remove null", new Done(s -> s.remove(null), s -> s.remove(null)));
        all.put("remove no entity", new Done(s -> s.remove("x"), s -> s.remove("x")));
        all.put(
                "a row that is there",
                new Done(
                        s -> {
                            s.persist(client(7));
                            s.flush();
                        },
                        s -> {
                            s.persist(client(7));
                            s.flush();
                        }));
        all.put("a row that is there, at the commit", new Done(s -> s.persist(client(7)), s -> s.persist(client(7))));
        all.put(
                "an object beside one of its id",
                new Done(
                        s -> {
                            s.find(Client.class, 7L);
                            s.persist(client(7));
                        },
                        s -> {
                            s.find(Client.class, 7L);
                            s.persist(client(7));
                        }));
        all.put(
                "a text that is too long",
                new Done(
                        s -> {
                            s.find(Client.class, 7L).name = "x".repeat(300);
                            s.flush();
                        },
                        s -> {
                            s.find(Client.class, 7L).name = "x".repeat(300);
                            s.flush();
                        }));
        bulk(all, "a bulk update to null", "update Client set vip = null", Map.of());
        bulk(all, "a bulk update of one key to null", "update Client set vip = null where id = 7", Map.of());
        bulk(all, "a bulk update that divides by zero", "update Client set age = 1 / (grade - grade)", Map.of());
        bulk(all, "a bulk parameter of a wrong type", "update Client set age = :age", Map.of("age", "old"));
        bulk(all, "a bulk key of a wrong type", "update Client set age = 1 where id = :id", Map.of("id", "seven"));
        bulk(all, "an unknown bulk parameter", "update Client set age = :age", Map.of("aeg", 1));
        bulk(all, "a bulk parameter that is not bound", "update Client set age = :age", Map.of());
        bulk(all, "a bulk key that is not bound", "update Client set age = 1 where id = :id", Map.of());
        bulk(all, "wrong bulk syntax", "update Client st age = 1", Map.of());
        bulk(all, "an unknown bulk attribute", "update Client set aeg = 1", Map.of());
        bulk(all, "a select as a bulk statement", "from Client", Map.of());
        bulk(all, "a delete of rows that are referred to", "delete from Purchase p where p.clientId = 1", Map.of());
        all.put(
                "no row",
                new Done(
                        s -> s.createQuery("from Client where id = 999", Client.class)
                                .getSingleResult(),
                        s -> s.query("from Client where id = 999", Client.class).getSingleResult()));
        all.put(
                "several rows",
                new Done(
                        s -> s.createQuery("from Client", Client.class).getSingleResult(),
                        s -> s.query("from Client", Client.class).getSingleResult()));
        all.put(
                "several rows where one or none may be",
                new Done(
                        s -> s.createQuery("from Client", Client.class).getSingleResultOrNull(),
                        s -> s.query("from Client", Client.class).getSingleResultOrNull()));
        all.put(
                "a first row below 0",
                new Done(
                        s -> s.createQuery("from Client", Client.class).setFirstResult(-1),
                        s -> s.query("from Client", Client.class).setFirstResult(-1)));
        all.put(
                "rows below 0",
                new Done(
                        s -> s.createQuery("from Client", Client.class).setMaxResults(-1),
                        s -> s.query("from Client", Client.class).setMaxResults(-1)));
        return all;
    }

    private static void bulk(Map<String, Done> all, String name, String hql, Map<String, Object> parameters) {
        all.put(
                name,
                new Done(
                        s -> {
                            var query = s.createMutationQuery(hql);
                            parameters.forEach(query::setParameter);
                            query.executeUpdate();
                        },
                        s -> s.execute(hql, parameters)));
    }

    private static Client client(long id) {
        var client = new Client();
        client.id = id;
        return client;
    }
}
