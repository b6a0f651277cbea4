package io.shardloom.failure;

import java.io.Serializable;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One thing wrong with the set-up.
 *
 * @param subject what it is about, for example the name of a property
 * @param value the value found there; masked when the subject is a password, null when there is none
 * @param message what is wrong and what to do, in whole sentences
 */
public record Fault(String subject, @Nullable String value, String message) implements Serializable {

    private static final String MASK = "***";
    private static final Pattern USER_INFO = Pattern.compile("//[^/@\\s]*@");
    private static final Pattern SECRET_PARAMETER = Pattern.compile("(?i)([?&](?:ssl)?password=)[^&,\\s]*");

    /** Masks the value when it is a password, and the passwords a URL may carry. */
    public Fault {
        if (value != null) {
            value = subject.toLowerCase(Locale.ROOT).endsWith("password") ? MASK : withoutSecrets(value);
        }
    }

    /**
     * Makes a fault of something that has no value, for example a missing property.
     *
     * @param subject what it is about
     * @param message what is wrong and what to do
     * @return the fault
     */
    public static Fault of(String subject, String message) {
        return new Fault(subject, null, message);
    }

    private static String withoutSecrets(String text) {
        String masked = USER_INFO.matcher(text).replaceAll("//" + MASK + "@");
        return SECRET_PARAMETER.matcher(masked).replaceAll("$1" + MASK);
    }

    /** Returns {@code subject = value: message}, the line shown to the user. */
    @Override
    public String toString() {
        return value == null ? subject + ": " + message : subject + " = " + value + ": " + message;
    }
}
