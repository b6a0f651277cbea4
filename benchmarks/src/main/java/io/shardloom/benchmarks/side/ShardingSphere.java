package io.shardloom.benchmarks.side;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;

/** ShardingSphere-JDBC's data source, by reflection: it is on the class path of its own JVM alone. */
final class ShardingSphere {
    private ShardingSphere() {}

    /**
     * Opens the sharding of two databases with a table each, customer modulo 2; with read-write splitting or without,
     * because with it a read in any transaction goes to a replica until the first write.
     */
    static DataSource open(Settings settings, boolean splitting) {
        try {
            var yaml = Path.of(settings.get("directory"), splitting ? "splitting.yaml" : "sharding.yaml");
            Files.writeString(yaml, configuration(settings, splitting));
            return (DataSource)
                    Class.forName("org.apache.shardingsphere.driver.api.yaml.YamlShardingSphereDataSourceFactory")
                            .getMethod("createDataSource", File.class)
                            .invoke(null, yaml.toFile());
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException("ShardingSphere does not open.", e);
        }
    }

    private static String configuration(Settings settings, boolean splitting) {
        var text = new StringBuilder("databaseName: " + (splitting ? "shop_rw" : "shop") + "\ndataSources:\n");
        for (int node = 0; node < settings.nodes(); node++) {
            text.append(source(settings, "ds_" + node, settings.get("url." + node)));
            if (splitting) {
                text.append(source(settings, "ds_" + node + "_read", settings.get("replica." + node)));
            }
        }
        var prefix = splitting ? "rw_" : "ds_";
        text.append("rules:\n");
        if (splitting) {
            text.append("- !READWRITE_SPLITTING\n  dataSourceGroups:\n");
            for (int node = 0; node < settings.nodes(); node++) {
                text.append("    rw_%d:\n      writeDataSourceName: ds_%d\n      readDataSourceNames: [ds_%d_read]\n"
                        .formatted(node, node, node));
                text.append("      transactionalReadQueryStrategy: DYNAMIC\n      loadBalancerName: turn\n");
            }
            text.append("  loadBalancers:\n    turn:\n      type: ROUND_ROBIN\n");
        }
        text.append("- !SHARDING\n  tables:\n");
        text.append(table("customers", "id", prefix, settings.nodes()));
        text.append(table("orders", "customer_id", prefix, settings.nodes()));
        text.append(table("items", "customer_id", prefix, settings.nodes()));
        text.append("  bindingTables:\n  - orders,items\n  shardingAlgorithms:\n");
        for (var column : new String[] {"id", "customer_id"}) {
            text.append("    by_%s:\n      type: INLINE\n      props:\n        algorithm-expression: %s${%s %% %d}\n"
                    .formatted(column, prefix, column, settings.nodes()));
        }
        return text.append("props:\n  sql-show: false\n").toString();
    }

    private static String source(Settings settings, String name, String url) {
        return """
              %s:
                dataSourceClassName: com.zaxxer.hikari.HikariDataSource
                driverClassName: org.postgresql.Driver
                jdbcUrl: %s
                username: %s
                password: %s
                minimumIdle: 1
                maximumPoolSize: 10
            """.formatted(name, url, settings.get("user"), settings.get("password"));
    }

    private static String table(String name, String column, String prefix, int nodes) {
        return """
                %s:
                  actualDataNodes: %s${0..%d}.%s
                  databaseStrategy:
                    standard:
                      shardingColumn: %s
                      shardingAlgorithmName: by_%s
            """.formatted(name, prefix, nodes - 1, name, column, column);
    }
}
