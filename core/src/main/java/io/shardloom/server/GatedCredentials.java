package io.shardloom.server;

import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.util.Credentials;

/**
 * Says who connects, and holds back the connects of a pool while its server is out: HikariCP asks before each connect, so
 * a pool does not hammer a dead server, and is ready at once when it is back. Thread-safe.
 */
final class GatedCredentials implements HikariCredentialsProvider {

    private final HikariCredentialsProvider credentials;
    private final Member member;
    private final NodeServers servers;

    GatedCredentials(HikariCredentialsProvider credentials, Member member, NodeServers servers) {
        this.credentials = credentials;
        this.member = member;
        this.servers = servers;
    }

    @Override
    public Credentials getCredentials() {
        servers.awaitConnectable(member);
        return credentials.getCredentials();
    }
}
