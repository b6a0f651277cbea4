package io.shardloom.hibernate.differential;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.id.ShardedUuids;
import io.shardloom.testing.EmbeddedCluster;
import jakarta.persistence.EntityManagerFactory;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** One data set on a cluster and on one plain PostgreSQL. */
final class Sides implements AutoCloseable {
    final EntityManagerFactory cluster;

    /** The same cluster, where the values of a Criteria query are written into the SQL. */
    final EntityManagerFactory inline;

    final SessionFactory plain;
    final Shardloom shop;

    Sides(EmbeddedCluster servers) throws SQLException {
        var one = servers.node("n1").primary();
        one.execute("create schema plain");
        var sharded = new HashMap<String, Object>(servers.shardloomProperties());
        sharded.put("shardloom.group.clients.shards", "8");
        sharded.put("shardloom.group.days.strategy", "range");
        sharded.put("shardloom.group.days.shard.y2015.bound", "FROM (MINVALUE) TO ('2016-01-01')");
        sharded.put("shardloom.group.days.shard.y2016.bound", "FROM ('2016-01-01') TO ('2017-01-01')");
        sharded.put("shardloom.group.days.shard.later.bound", "DEFAULT");
        cluster = open("sharded", "drop-and-create", sharded);
        sharded.put("hibernate.criteria.value_handling_mode", "inline");
        inline = open("inline", "none", sharded);
        plain = open(
                        "plain",
                        "drop-and-create",
                        Map.of(
                                "jakarta.persistence.jdbc.url", one.jdbcUrl() + "?currentSchema=plain",
                                "jakarta.persistence.jdbc.user", one.user(),
                                "jakarta.persistence.jdbc.password", one.password()))
                .unwrap(SessionFactory.class);
        shop = Shardloom.of(cluster);
        fill(servers);
    }

    private static EntityManagerFactory open(String name, String schema, Map<String, Object> properties) {
        var unit = new HibernatePersistenceConfiguration(name);
        Model.ENTITIES.forEach(unit::managedClass);
        properties.forEach(unit::property);
        unit.property("jakarta.persistence.schema-generation.database.action", schema);
        return unit.createEntityManagerFactory();
    }

    private void fill(EmbeddedCluster servers) throws SQLException {
        plain.inTransaction(session -> Data.lands().forEach(session::persist));
        for (var land : Data.lands()) {
            for (var node : servers.nodes()) {
                node.primary()
                        .execute("insert into Land (code, name, area) values ('" + land.code + "', '" + land.name
                                + "', " + land.area + ")");
            }
        }
        for (long id = -5; id < Data.CLIENTS; id++) {
            long client = id;
            plain.inTransaction(session -> Data.persist(session, client, n -> uuid(client, n)));
            shop.inTransaction(client, session -> Data.persist(session, client, n -> uuid(client, n)));
        }
        plain.inTransaction(session -> Data.measures().forEach(session::persist));
        for (var measure : Data.measures()) {
            shop.inTransaction(measure.id.day(), session -> session.persist(measure));
        }
    }

    /** Makes the same id on both sides; its low bits are those of the key's hash. */
    UUID uuid(long client, long number) {
        var key = shop.key("clients", client);
        long hash = shop.sharding().locate(key).hash().getAsLong();
        return new UUID(number * 0x9E3779B97F4A7C15L, (number << 12) | (hash & ((1L << ShardedUuids.HASH_BITS) - 1)));
    }

    @Override
    public void close() {
        inline.close();
        cluster.close();
        plain.close();
    }
}
