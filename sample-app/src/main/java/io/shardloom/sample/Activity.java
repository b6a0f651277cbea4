package io.shardloom.sample;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.sample.model.ActivityLog;
import java.util.List;
import java.util.stream.Stream;

/** What users did, hashed by user: which server answers for a user, and that one partition is touched. */
final class Activity implements Scenario {

    @Override
    public String name() {
        return "activity";
    }

    @Override
    public String shows() {
        return "an activity log hashed by user, and which server answers which key";
    }

    @Override
    public void run(Shardloom shop, Servers servers, Screen screen) {
        log(shop, 1, "Logged in");
        log(shop, 2, "Viewed dashboard");
        log(shop, 1, "Updated profile");
        log(shop, 3, "Posted a comment");
        log(shop, 2, "Logged out");
        servers.awaitReplicas(shop.sharding().nodes());

        screen.table("The active servers", List.of("node", "role", "server"), activeServers(shop));
        for (int user = 1; user <= 3; user++) {
            screen.table(
                    "What user " + user + " did", List.of("user_id", "log_id", "action_description"), of(shop, user));
        }
        for (int user = 1; user <= 2; user++) {
            screen.block(
                    "Where user " + user + " lives",
                    shop.explain(user).toString().lines().toList());
            screen.block("PostgreSQL's own plan, in a session of user " + user, plan(shop, user));
        }
    }

    private static void log(Shardloom shop, int user, String action) {
        shop.inTransaction(user, session -> session.persist(new ActivityLog(user, action)));
    }

    private static List<List<?>> of(Shardloom shop, int user) {
        return shop.readOnly(
                user, session -> session.createSelectionQuery("from ActivityLog order by logId", ActivityLog.class)
                        .getResultStream()
                        .<List<?>>map(log -> List.of(log.userId(), log.logId(), log.actionDescription()))
                        .toList());
    }

    private static List<List<?>> activeServers(Shardloom shop) {
        return shop.status().stream()
                .<List<?>>map(server -> List.of(server.node(), server.role(), server.server()))
                .toList();
    }

    private static List<String> plan(Shardloom shop, int user) {
        var sql = "explain (analyze, costs off, timing off, summary off, buffers off)"
                + " select * from activity_log where user_id = ?";
        return shop
                .readOnly(user, session -> session.doReturningWork(connection -> Sql.rows(connection, sql, user)))
                .stream()
                .flatMap(row -> Stream.of(row.get(0)))
                .toList();
    }
}
