package io.shardloom.hibernate.rls;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Persistence;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A start is refused where PostgreSQL would not hold the application's user. */
@WithCluster(nodes = 1)
class RowSecurityFaultsIT {
    private static final String ACTION = "jakarta.persistence.schema-generation.database.action";

    private EmbeddedCluster cluster;
    private EmbeddedServer server;
    private Boot unit;

    @Entity(name = "Memo")
    public static class Memo {
        @Id
        @ShardKey
        public UUID id;

        public String text;
    }

    @BeforeEach
    void create(EmbeddedCluster given) throws SQLException {
        cluster = given;
        server = cluster.node("n1").primary();
        var properties = Web.properties(cluster);
        unit = new Boot(properties, List.of(Memo.class)).with("shardloom.shards", "2");
        unit.open().close();
        unit = unit.with(ACTION, "none");
    }

    private String fault(String message) {
        return "shardloom.row-level-security: on node n1 (" + server.host() + ":" + server.port() + "/"
                + cluster.database() + ") " + message;
    }

    @Test
    void startsWhereAllIsRight() {
        unit.open().close();
        unit.with(ACTION, "validate").open().close();
    }

    @Test
    void refusesASuperuser() throws SQLException {
        server.executeAsSuperuser("alter role web superuser");
        try {
            assertThat(unit.faults())
                    .startsWith(fault("the user web is a superuser, whom no policy holds. Connect as another one with"
                            + " shardloom.user."));
        } finally {
            server.executeAsSuperuser("alter role web nosuperuser");
        }
    }

    @Test
    void refusesBypassrls() throws SQLException {
        server.executeAsSuperuser("alter role web bypassrls");
        try {
            assertThat(unit.faults())
                    .containsExactly(fault("the user web has BYPASSRLS, so no policy holds it. Run ALTER ROLE \"web\""
                            + " NOBYPASSRLS."));
        } finally {
            server.executeAsSuperuser("alter role web nobypassrls");
        }
    }

    @Test
    void refusesTheOwner() throws SQLException {
        server.executeAsSuperuser("grant web to " + cluster.user());
        try (var superuser = server.connectAsSuperuser();
                var statement = superuser.createStatement()) {
            statement.execute("alter table memo owner to web");
            assertThat(unit.faults())
                    .containsExactly(
                            fault("the table \"memo\" belongs to the application's user, whom its policies do not"
                                    + " hold. Let shardloom.schema.user own it: ALTER TABLE … OWNER TO …"));
            statement.execute("alter table memo owner to " + cluster.user());
        } finally {
            server.executeAsSuperuser("revoke web from " + cluster.user());
        }
    }

    @Test
    void refusesATableThatIsNotHeld() throws SQLException {
        server.execute("alter table memo disable row level security");
        assertThat(unit.faults())
                .containsExactly(fault("the table \"memo\" has no row-level security. Create it with the schema, or run"
                        + " its statements from Shardloom.createScripts(…) as the owner."));

        server.execute("alter table memo enable row level security", "drop policy shardloom_key on memo");
        assertThat(unit.faults())
                .containsExactly(
                        fault(
                                "the table \"memo\" has no policy shardloom_key for the key of its group. Create it"
                                        + " with the schema, or run its statements from Shardloom.createScripts(…) as the owner."));

        server.execute("create policy shardloom_key on memo using (true)");
        assertThat(unit.faults()).hasSize(1).first().asString().contains("has no policy shardloom_key for the key");
    }

    @Test
    void refusesWhatLetsMoreThrough() throws SQLException {
        server.execute("create policy all_of_it on memo for select using (true)");
        assertThat(unit.faults())
                .containsExactly(fault("the table \"memo\" has other permissive policies for the application's user,"
                        + " which let more rows through than those of the key: all_of_it. Drop them, or make them"
                        + " RESTRICTIVE."));

        server.execute("drop policy all_of_it on memo", "grant truncate on memo to web");
        assertThat(unit.faults())
                .containsExactly(fault("the table \"memo\" may be truncated by the application's user, which no policy"
                        + " holds. Run REVOKE TRUNCATE."));

        server.execute(
                "revoke truncate on memo from web",
                "alter table memo_p1 disable row level security",
                "grant select on memo_p1 to web");
        assertThat(unit.faults())
                .containsExactly(fault("the table \"memo\" has partitions without row-level security that the"
                        + " application's user may use directly: memo_p1. Run ALTER TABLE … ENABLE ROW LEVEL SECURITY"
                        + " on each."));
    }

    @Test
    void refusesANodeRoleThatIsNotThereOrInherited() throws SQLException {
        assertThat(unit.with("shardloom.row-level-security.node-role", "nobody").faults())
                .containsExactly(
                        fault("the user web cannot take on the role nobody, by which sessions of a whole node see"
                                + " it. Run CREATE ROLE \"nobody\" if there is none, and GRANT \"nobody\" TO \"web\" WITH INHERIT"
                                + " FALSE, SET TRUE."));

        server.executeAsSuperuser("grant web_node to web with inherit true");
        try {
            assertThat(unit.faults())
                    .hasSize(2)
                    .contains(fault("the user web inherits from the role web_node, which sees every key. Run GRANT"
                            + " \"web_node\" TO \"web\" WITH INHERIT FALSE, SET TRUE."));
        } finally {
            server.executeAsSuperuser("grant web_node to web with inherit false");
        }
    }

    @Test
    void refusesARoleTheUserIsNotIn() {
        assertThat(unit.with("shardloom.row-level-security.role", "pg_monitor").faults())
                .contains(fault("the user web is not in the role pg_monitor, for which the policies are. Run GRANT"
                        + " \"pg_monitor\" TO \"web\"."));
    }

    @Test
    void refusesToCreateTheSchemaAsTheApplicationsUser() {
        assertThat(unit.with(ACTION, "create")
                        .without("shardloom.schema.user")
                        .without("shardloom.schema.password")
                        .faults())
                .containsExactly(
                        ACTION + " = create: with row-level security the schema must belong to another user than"
                                + " the application's. Name its owner in shardloom.schema.user and shardloom.schema.password, or"
                                + " create it from Shardloom.createScripts(…).");
        assertThat(unit.with(ACTION, "create")
                        .with("shardloom.schema.user", "web")
                        .faults())
                .containsExactly(
                        "shardloom.schema.user = web: that is the application's user too, and row-level security"
                                + " does not hold a table's owner. Name another one.");
    }

    @Test
    void refusesASettingThatIsNone() {
        assertThat(unit.with("shardloom.row-level-security", "on").faults())
                .containsExactly("shardloom.row-level-security = on: not true or false.");
    }

    @Test
    void theUnitOfTheDocumentHasTheStatementsItShows() {
        var key = "(\"customerid\" = (nullif(current_setting('shardloom.key.default', true), ''))::uuid)";
        assertThat(Shardloom.createScripts("held-webshop", Map.of()).get("n1"))
                .contains(
                        "ALTER TABLE \"orders_p0\" ENABLE ROW LEVEL SECURITY;\n",
                        "ALTER TABLE \"orders\" ENABLE ROW LEVEL SECURITY;\n",
                        "CREATE POLICY shardloom_key ON \"orders\" TO \"shop\" USING " + key + " WITH CHECK " + key
                                + ";\n",
                        "CREATE POLICY shardloom_node ON \"orders\" TO \"shop_node\" USING (true) WITH CHECK (true);\n",
                        "GRANT SELECT, INSERT, UPDATE, DELETE ON \"orders\" TO \"shop\", \"shop_node\";\n");
    }

    @Test
    void aScriptOfTheOwnersMakesTheSame() throws SQLException {
        server.execute("drop table memo");
        var properties = Web.properties(cluster, "shardloom.group.shop.shards", "4");
        var script = Shardloom.createScripts("shop-on-one-node", properties).get("n1");
        assertThat(script)
                .contains("CREATE POLICY shardloom_key ON \"orders\" TO \"web\" USING (\"customerid\" ="
                        + " (nullif(current_setting('shardloom.key.shop', true), ''))::uuid) WITH CHECK (\"customerid\" ="
                        + " (nullif(current_setting('shardloom.key.shop', true), ''))::uuid);\n")
                .contains("GRANT SELECT, INSERT, UPDATE, DELETE ON \"country\" TO \"web\", \"web_node\";\n");
        try (var owner = DriverManager.getConnection(server.jdbcUrl(), cluster.user(), cluster.password());
                var statement = owner.createStatement()) {
            statement.execute(script);
        }
        properties.put(ACTION, "validate");
        properties.remove("shardloom.schema.user");
        properties.remove("shardloom.schema.password");

        try (var emf = Persistence.createEntityManagerFactory("shop-on-one-node", properties)) {
            var shop = Shardloom.of(emf);
            long none = shop.fromTransaction(shop.newUuid(), em -> Shardloom.unchecked(
                            em.createNativeQuery("select count(*) from orders", Long.class))
                    .getSingleResult());
            assertThat(none).isZero();
        }
    }
}
