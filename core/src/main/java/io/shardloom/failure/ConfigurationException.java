package io.shardloom.failure;

import java.util.List;

/** The set-up has faults; the message lists every one of them, so that one start finds all. */
public class ConfigurationException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    /** The faults, at least one; serializable because {@link List#copyOf} is and a fault is. */
    private final List<Fault> faults;

    /**
     * Makes the failure from all faults found.
     *
     * @param faults at least one fault
     */
    public ConfigurationException(List<Fault> faults) {
        super(text(faults));
        this.faults = List.copyOf(faults);
    }

    /**
     * Throws if there is a fault.
     *
     * @param faults what was found, may be empty
     * @throws ConfigurationException if the list is not empty
     */
    public static void throwIfAny(List<Fault> faults) {
        if (!faults.isEmpty()) {
            throw new ConfigurationException(faults);
        }
    }

    /**
     * Returns every fault, in the order of the message.
     *
     * @return an unmodifiable list of at least one fault
     */
    public List<Fault> faults() {
        return faults;
    }

    private static String text(List<Fault> faults) {
        StringBuilder text = new StringBuilder("Shardloom cannot start: ")
                .append(faults.size())
                .append(faults.size() == 1 ? " fault in the set-up." : " faults in the set-up.");
        for (int i = 0; i < faults.size(); i++) {
            text.append(System.lineSeparator())
                    .append("  ")
                    .append(i + 1)
                    .append(". ")
                    .append(faults.get(i));
        }
        return text.toString();
    }
}
