package io.shardloom.server;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Sees every error of the connections in use, because HikariCP asks it which ones break a connection. Thread-safe. */
final class WorkWatch implements SQLExceptionOverride {

    private final Member member;
    private final NodeServers servers;
    private final @Nullable SQLExceptionOverride given;

    WorkWatch(Member member, NodeServers servers, @Nullable SQLExceptionOverride given) {
        this.member = member;
        this.servers = servers;
        this.given = given;
    }

    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException failure) {
        if (SqlStates.isLost(failure)) {
            servers.workFailed(member, failure);
        }
        return given == null ? SQLExceptionOverride.Override.CONTINUE_EVICT : given.adjudicate(failure);
    }
}
