package io.shardloom.setting;

/**
 * A setting of PostgreSQL that holds for one transaction. Immutable.
 *
 * @param name the setting's name: letters, digits, {@code _} and dots
 * @param value its value
 */
public record TransactionSetting(String name, String value) {

    /** Returns the statement that sets it, with its value as the only parameter: the same text for every value. */
    String statement() {
        return "select set_config('" + name + "', ?, true)";
    }

    /** Returns a statement without parameters, which a transaction may run before it sets its isolation. */
    String literalStatement() {
        return "set local \"" + name + "\" = E'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
