package io.shardloom.config;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the settings of row-level security. */
final class RowSecurityReader {

    private RowSecurityReader() {}

    /** Returns null where it is off; where a role is not known, that is a fault and the rest is still returned. */
    static @Nullable RowSecurity read(PropertyReader properties, Map<String, Credentials> credentials) {
        String value = properties.text(Settings.ROW_SECURITY).orElse("false");
        if (!value.equals("true")) {
            if (!value.equals("false")) {
                properties.fault(Settings.ROW_SECURITY, value, "not true or false.");
            }
            return null;
        }
        String given = properties.text(Settings.ROW_SECURITY_ROLE).orElse(null);
        String givenNodeRole = properties.text(Settings.ROW_SECURITY_NODE_ROLE).orElse(null);
        Map<String, String> roles = new HashMap<>();
        Map<String, String> nodeRoles = new HashMap<>();
        boolean unknown = false;
        for (var entry : credentials.entrySet()) {
            String role = given != null ? given : entry.getValue().user();
            unknown |= role == null;
            roles.put(entry.getKey(), role == null ? "" : role);
            nodeRoles.put(entry.getKey(), givenNodeRole != null ? givenNodeRole : role + "_node");
        }
        if (unknown) {
            properties.fault(
                    Settings.ROW_SECURITY_ROLE,
                    null,
                    "the policies of row-level security are made for a role, and none is known. Name the user who connects"
                            + " in " + Settings.USER + ", or the role here.");
        }
        RowSecurity roleNames = new RowSecurity(roles, nodeRoles);
        if (roleNames.roles().entrySet().stream()
                .anyMatch(entry -> entry.getValue().equals(roleNames.nodeRole(entry.getKey())))) {
            properties.fault(
                    Settings.ROW_SECURITY_NODE_ROLE,
                    givenNodeRole,
                    "the role that sees whole nodes must not be the one that is held to one key. Name another one.");
        }
        return roleNames;
    }
}
