package io.shardloom.hibernate.internal.boot;

import io.shardloom.failure.Fault;
import java.util.List;
import java.util.Map;
import org.hibernate.cfg.TransactionSettings;
import org.hibernate.internal.util.config.ConfigurationHelper;

/** Tells of a unit that would load lazy state after its session, where nobody knows the key. */
public final class LoadingOutside {
    private LoadingOutside() {}

    /**
     * Returns what is wrong with the settings.
     *
     * @param settings of a unit with nodes
     * @return empty where all is right
     */
    public static List<Fault> faults(Map<String, Object> settings) {
        return ConfigurationHelper.getBoolean(TransactionSettings.ENABLE_LAZY_LOAD_NO_TRANS, settings, false)
                ? List.of(new Fault(
                        TransactionSettings.ENABLE_LAZY_LOAD_NO_TRANS,
                        "true",
                        "what is loaded after its session has ended is loaded in another one, which has not its key."
                                + " Remove it, and load what is needed before the session ends: by a fetch join, an"
                                + " entity graph or Hibernate.initialize."))
                : List.of();
    }
}
