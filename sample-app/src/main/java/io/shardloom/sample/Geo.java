package io.shardloom.sample;

import io.shardloom.failure.NoShardForKeyException;
import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.sample.model.Usuario;
import io.shardloom.topology.Node;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Users by country, on two nodes, with ids from one sequence. */
final class Geo implements Scenario {

    private static final List<String> COLUMNS = List.of("id", "nome", "pais");

    @Override
    public String name() {
        return "geo";
    }

    @Override
    public String shows() {
        return "users by country: a list of countries for each shard, one sequence of ids for all";
    }

    @Override
    public void run(Shardloom shop, Servers servers, Screen screen) {
        save(shop, new Usuario("João", "Brasil"));
        save(shop, new Usuario("Sophie", "França"));
        save(shop, new Usuario("John", "EUA"));
        servers.awaitReplicas(shop.sharding().nodes());

        screen.table(
                "Everyone, by country: read on each node and merged",
                COLUMNS,
                rows(shop.query("from Usuario order by pais", Usuario.class)));
        screen.table(
                "Node n1, asked alone for countries of its shard america", COLUMNS, rows(of(shop, "EUA", "Brasil")));
        screen.table(
                "Node n2, asked alone for countries of its shard europa", COLUMNS, rows(of(shop, "França", "Espanha")));
        screen.block("A country no shard takes, refused before any server is asked", List.of(refusal(shop)));
        screen.table(
                "Rows sent to a wrong node past Shardloom, refused by PostgreSQL",
                List.of("node", "insert", "SQLSTATE", "message"),
                refusedByPostgres(shop.sharding().nodes(), servers));
    }

    private static void save(Shardloom shop, Usuario user) {
        shop.inTransaction(user.pais(), session -> session.persist(user));
    }

    private static ClusterQuery<Usuario> of(Shardloom shop, String... countries) {
        return shop.query("from Usuario where pais in (:countries) order by pais", Usuario.class)
                .setParameterList("countries", List.of(countries));
    }

    private static List<List<?>> rows(ClusterQuery<Usuario> users) {
        return users.getResultList().stream()
                .<List<?>>map(user -> List.of(user.id(), user.nome(), user.pais()))
                .toList();
    }

    private static String refusal(Shardloom shop) {
        try {
            save(shop, new Usuario("Pedro", "Portugal"));
            return "(it was not refused)";
        } catch (NoShardForKeyException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static List<List<String>> refusedByPostgres(List<Node> nodes, Servers servers) {
        var rows = new ArrayList<List<String>>();
        for (var node : nodes) {
            for (var country : List.of("Portugal", node.name().equals("n1") ? "França" : "Brasil")) {
                var sql = "insert into usuarios (id, nome, pais) values (99, 'Pedro', '" + country + "')";
                try (var connection = servers.connect(node.primary());
                        var statement = connection.createStatement()) {
                    statement.execute(sql);
                    rows.add(List.of(node.name(), country, "", "(it was not refused)"));
                } catch (SQLException e) {
                    rows.add(List.of(node.name(), country, e.getSQLState(), oneLine(e)));
                }
            }
        }
        return rows;
    }

    private static String oneLine(SQLException e) {
        return String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
    }
}
