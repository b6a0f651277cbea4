package io.shardloom.config;

import org.jspecify.annotations.Nullable;

/**
 * Who connects to a node.
 *
 * @param user the user, null to let the driver choose
 * @param password the password, null for none
 */
public record Credentials(@Nullable String user, @Nullable String password) {

    /** Returns the user alone, never the password. */
    @Override
    public String toString() {
        return user == null ? "(no user)" : user;
    }
}
