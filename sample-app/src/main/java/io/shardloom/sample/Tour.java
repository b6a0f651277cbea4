package io.shardloom.sample;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.server.ServerStatus;
import jakarta.persistence.Persistence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs scenarios one after the other on the same servers, and sums up which server did how much. */
record Tour(Servers servers, Screen screen) {

    void run(List<Scenario> scenarios) {
        var properties = new HashMap<>(servers.properties());
        properties.put("shardloom.hikari.maximumPoolSize", "2"); // one thread at work needs no more
        properties.put("shardloom.health.interval", "100ms"); // so that what is shown of the servers is of now
        properties.put("shardloom.health.timeout", "20s"); // so that a busy machine is not shown as an outage
        properties.putIfAbsent("shardloom.connect-timeout", "20s"); // nor fails the start
        var served = new LinkedHashMap<String, List<ServerStatus>>();
        for (var scenario : scenarios) {
            screen.heading(scenario.name(), scenario.shows());
            try (var factory = Persistence.createEntityManagerFactory(scenario.name(), properties)) {
                var shop = Shardloom.of(factory);
                scenario.run(shop, servers, screen);
                served.put(scenario.name(), shop.status());
            }
        }
        screen.heading("summary", "where the work went");
        summary(served);
    }

    private void summary(Map<String, List<ServerStatus>> served) {
        var columns = new ArrayList<>(List.of("node", "server", "role"));
        columns.addAll(served.keySet());
        columns.add("total");
        var servers = served.values().iterator().next();
        var rows = new ArrayList<List<?>>();
        for (int i = 0; i < servers.size(); i++) {
            var server = servers.get(i);
            var row = new ArrayList<Object>(List.of(server.node(), server.server(), server.role()));
            long total = 0;
            for (var status : served.values()) {
                row.add(status.get(i).served());
                total += status.get(i).served();
            }
            row.add(total);
            rows.add(row);
        }
        screen.table("Connections served: primaries take writes, replicas take reads", columns, rows);
    }
}
