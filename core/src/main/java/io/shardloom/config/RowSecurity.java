package io.shardloom.config;

import java.util.Map;
import java.util.Objects;

/**
 * The roles of row-level security on each node. Immutable.
 *
 * @param roles the role that sees one key's rows, by node
 * @param nodeRoles the role that sees all rows of its node, by node
 */
public record RowSecurity(Map<String, String> roles, Map<String, String> nodeRoles) {

    /** Copies what it is given. */
    public RowSecurity {
        roles = Map.copyOf(roles);
        nodeRoles = Map.copyOf(nodeRoles);
    }

    /**
     * Returns the role of sessions bound to a key.
     *
     * @param node the node's name
     * @return as it is stored in the catalog
     */
    public String role(String node) {
        return Objects.requireNonNull(roles.get(node), node);
    }

    /**
     * Returns the role that sessions of the whole node take on.
     *
     * @param node the node's name
     * @return as it is stored in the catalog
     */
    public String nodeRole(String node) {
        return Objects.requireNonNull(nodeRoles.get(node), node);
    }
}
