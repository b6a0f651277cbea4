package io.shardloom.hibernate.internal.nativesql;

import io.shardloom.failure.Fault;
import io.shardloom.failure.NativeSqlException;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.key.GroupKey;
import java.util.List;
import java.util.Map;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.query.spi.QueryOptions;
import org.jspecify.annotations.Nullable;

/**
 * Refuses native SQL and procedure calls in key sessions, because nothing puts the key into them: a forgotten condition
 * would read or write the rows of every key on the node.
 */
public final class NativeSqlGuard {
    /** The setting that allows them in a whole unit. */
    public static final String SETTING = "shardloom.native-sql";

    private static final String REFUSED = "refused";
    private static final String UNCHECKED = "unchecked";

    private NativeSqlGuard() {}

    /**
     * Returns what is wrong with the setting.
     *
     * @param settings the unit's settings
     * @return empty when all is right
     */
    public static List<Fault> faults(Map<String, Object> settings) {
        var value = value(settings);
        return value.equals(REFUSED) || value.equals(UNCHECKED)
                ? List.of()
                : List.of(new Fault(
                        SETTING,
                        value,
                        "not one of refused (each native query must say that it is unchecked) and unchecked (none"
                                + " must)."));
    }

    /**
     * Puts the guard into a unit, unless the unit allows all native SQL; and with it that of local tables.
     *
     * @param builder of the unit's services
     */
    public static void install(StandardServiceRegistryBuilder builder) {
        boolean refusesNative = checks(builder.getSettings());
        builder.addInitiator(new GuardedJdbcServices.Initiator(refusesNative));
        builder.addInitiator(new GuardedDialectFactory.Initiator(refusesNative));
    }

    /**
     * Tells whether native SQL has to say that it is unchecked.
     *
     * @param settings the unit's settings
     * @return false where the unit allows all
     */
    public static boolean checks(Map<String, Object> settings) {
        return !value(settings).equals(UNCHECKED);
    }

    private static String value(Map<String, Object> settings) {
        var value = settings.get(SETTING);
        return value == null || value.toString().isBlank()
                ? REFUSED
                : value.toString().strip();
    }

    /** Refuses a statement of a key session that does not say it is unchecked; to be called before it is prepared. */
    static void check(SharedSessionContractImplementor session, @Nullable QueryOptions options, String what) {
        if (session.getTenantIdentifierValue() instanceof GroupKey key && !isUnchecked(options)) {
            throw new NativeSqlException("Cannot run " + what + " in a session bound to " + key + ": Shardloom does not"
                    + " see into it, so it could touch the rows of other keys. Write it in HQL or Criteria; or see to"
                    + " the key yourself and say so with Shardloom.unchecked(query); or set " + SETTING
                    + " = unchecked for the whole unit.");
        }
    }

    private static boolean isUnchecked(@Nullable QueryOptions options) {
        var hints = options == null ? null : options.getDatabaseHints();
        return hints != null && hints.contains(Shardloom.UNCHECKED);
    }
}
