package io.shardloom.sample;

import io.shardloom.failure.NoShardForKeyException;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.sample.model.Usuario;
import io.shardloom.topology.Node;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.hibernate.Session;

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
        // one call, two nodes, one commit: all three are saved, or none
        shop.inCluster(session -> session.persistAll(
                List.of(new Usuario("João", "Brasil"), new Usuario("Sophie", "França"), new Usuario("John", "EUA"))));
        servers.awaitReplicas(shop.sharding().nodes());

        screen.table("Everyone, by country: read on each node and merged here", COLUMNS, rows(everyone(shop)));
        screen.table("Node n1, which has the shard america", COLUMNS, rows(shop.readNode("n1", Geo::all)));
        screen.table("Node n2, which has the shard europa", COLUMNS, rows(shop.readNode("n2", Geo::all)));
        screen.block("A country no shard takes, refused before any server is asked", List.of(refusal(shop)));
        screen.table(
                "Rows sent to a wrong node past Shardloom, refused by PostgreSQL",
                List.of("node", "insert", "SQLSTATE", "message"),
                refusedByPostgres(shop.sharding().nodes(), servers));
    }

    private static void save(Shardloom shop, Usuario user) {
        shop.inTransaction(user.pais(), session -> session.persist(user));
    }

    private static List<Usuario> everyone(Shardloom shop) {
        return shop.readEachNode(Geo::all).values().stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparing(Usuario::pais))
                .toList();
    }

    private static List<Usuario> all(Session session) {
        return session.createSelectionQuery("from Usuario order by pais", Usuario.class)
                .getResultList();
    }

    private static List<List<?>> rows(List<Usuario> users) {
        return users.stream()
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
