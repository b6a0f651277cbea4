package io.shardloom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.config.Configuration;
import io.shardloom.failure.ConfigurationException;
import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.failure.MissingShardKeyException;
import io.shardloom.failure.NoShardForKeyException;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.key.GroupKey;
import io.shardloom.key.KeyType;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 2)
class ShardingIT {

    private static final UUID CUSTOMER = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    @Test
    void bringsAKeyToItsNode(EmbeddedCluster cluster) throws SQLException {
        try (Sharding sharding = open(cluster, "shardloom.group.default.key-type", "uuid")) {
            GroupKey key = sharding.key(CUSTOMER);

            assertThat(key).hasToString("default:" + CUSTOMER);
            assertThat(sharding.locate(key).shard().name()).isEqualTo("p06");
            assertThat(sharding.nodeOf(key).name()).isEqualTo("n1");
            try (Connection connection = sharding.connection(key, false);
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select inet_server_port()")) {
                row.next();
                assertThat(row.getInt(1)).isEqualTo(cluster.node("n1").primary().port());
            }
            int port = cluster.node("n1").primary().port();
            String at = "127.0.0.1:" + port + "/" + cluster.database();
            assertThat(sharding.explain(key).toString().lines())
                    .containsExactly(
                            "key    '00112233-4455-6677-8899-aabbccddeeff' (uuid, group default)",
                            "hash   0xd0e546d7f2a90986 = 15052515222858828166",
                            "shard  p06: FOR VALUES WITH (MODULUS 32, REMAINDER 6)",
                            "node   n1 (shard map 1)",
                            "write  " + at,
                            "read   " + at);
            assertThat(sharding.status()).hasSize(2);
        }
    }

    @Test
    void saysThatItIsClosed(EmbeddedCluster cluster) {
        Sharding sharding = open(cluster, "shardloom.group.default.key-type", "uuid");
        GroupKey key = sharding.key(CUSTOMER);
        sharding.close();

        assertThatThrownBy(() -> sharding.connection(key, false))
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessage("Node n1 was closed, with the persistence unit or the Sharding it belongs to. Nothing was"
                        + " sent. Open a new one.");
        assertThatThrownBy(() -> sharding.token(key)).hasMessageStartingWith("Node n1 was closed, ");
    }

    @Test
    void findsTheGroupOfAPlainKey(EmbeddedCluster cluster) {
        try (Sharding sharding = open(
                cluster,
                "shardloom.group.orders.key-type",
                "uuid",
                "shardloom.group.users.key-type",
                "text",
                "shardloom.group.users.strategy",
                "list",
                "shardloom.group.users.shard.us.bound",
                "IN ('EUA')",
                "shardloom.group.logs.key-type",
                "text")) {
            assertThat(sharding.key(CUSTOMER).group()).isEqualTo("orders");
            assertThat(sharding.key(sharding.key("users", "EUA"))).hasToString("users:EUA");
            assertThatThrownBy(() -> sharding.key("EUA"))
                    .isInstanceOf(InvalidShardKeyException.class)
                    .hasMessage(
                            "More than one group takes a shard key of class java.lang.String (groups: logs (text), orders"
                                    + " (uuid), users (text)). Name the group: key(\"logs\", value).");
            assertThatThrownBy(() -> sharding.key(5L))
                    .hasMessageStartingWith("No group takes a shard key of class java.lang.Long (groups: ");
            assertThatThrownBy(() -> sharding.key(null)).isInstanceOf(MissingShardKeyException.class);
            assertThatThrownBy(() -> sharding.key("users", 5))
                    .hasMessage("Shard key of group 'users': text is expected, which takes a String; given was"
                            + " java.lang.Integer '5'.");
            assertThatThrownBy(() -> sharding.key(new GroupKey("users", KeyType.INT8, 5)))
                    .hasMessage(
                            "Shard key of group 'users': the key users:5 is a bigint, and the group's keys are text. Make"
                                    + " it with key(\"users\", value).");
            assertThatThrownBy(() -> sharding.key("user", 5))
                    .isInstanceOf(ShardloomException.class)
                    .hasMessage("There is no group 'user' (groups: logs, orders, users). Name one of these.");
            assertThatThrownBy(() -> sharding.locate(sharding.key("users", "Brasil")))
                    .isInstanceOf(NoShardForKeyException.class)
                    .hasMessage(
                            "Group 'users' has no shard for the key 'Brasil' (shards: us IN ('EUA')). Add a shard whose"
                                    + " bound takes it with shardloom.group.users.shard.<name>.bound, or one with the bound"
                                    + " DEFAULT.");
        }
    }

    @Test
    void reportsFaultsOfGroupsAndServersTogether(EmbeddedCluster cluster) {
        assertThatThrownBy(() -> open(cluster, "shardloom.shards", "many", "shardloom.node.n1.password", "hush"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("Shardloom cannot start: 3 faults in the set-up.")
                .hasMessageContaining("shardloom.shards = many")
                .hasMessageContaining("shardloom.group.default.key-type: the type of the group's keys is not known")
                .hasMessageContaining("the server refused the user")
                .message()
                .doesNotContain("hush");
    }

    private static Sharding open(EmbeddedCluster cluster, String... more) {
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties());
        for (int i = 0; i < more.length; i += 2) {
            properties.put(more[i], more[i + 1]);
        }
        return Sharding.open(Configuration.read(properties));
    }
}
