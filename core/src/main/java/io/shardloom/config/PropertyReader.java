package io.shardloom.config;

import io.shardloom.failure.Fault;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The {@code shardloom.} properties as text, with typed access that reports faults. One thread at a time. */
final class PropertyReader {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}:]*)(?::([^}]*))?(}?)");
    private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|h)");

    private final Map<String, String> values = new TreeMap<>(Names.NATURAL);
    private final Map<?, ?> given;
    private final List<Fault> faults;

    PropertyReader(Map<?, ?> properties, Function<String, @Nullable String> environment, List<Fault> faults) {
        this.faults = faults;
        this.given = properties;
        properties.forEach((key, value) -> {
            if (key instanceof String name && name.startsWith(Settings.PREFIX) && value != null) {
                values.put(name, value.toString());
            }
        });
        values.replaceAll((name, value) -> resolve(name, value.strip(), environment));
    }

    Set<String> names() {
        return values.keySet();
    }

    /** Returns the names between the prefix and the next dot, in natural order. */
    Set<String> children(String prefix) {
        return values.keySet().stream()
                .filter(name -> name.startsWith(prefix) && name.length() > prefix.length())
                .map(name -> name.substring(prefix.length()).split("\\.", 2)[0])
                .filter(child -> !child.isEmpty())
                .collect(Collectors.toCollection(() -> new TreeSet<>(Names.NATURAL)));
    }

    /** Returns the value as it was given, null when it is missing. */
    @Nullable
    Object object(String name) {
        return given.get(name);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** Returns the value, empty when it is missing or blank. */
    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
    }

    List<String> list(String name, String separator) {
        return text(name)
                .map(value -> Arrays.stream(value.split(separator, -1))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .toList())
                .orElse(List.of());
    }

    Optional<Integer> number(String name, int min, int max) {
        return text(name).flatMap(value -> {
            try {
                int number = Integer.parseInt(value);
                if (number >= min && number <= max) {
                    return Optional.of(number);
                }
            } catch (NumberFormatException e) {
                // Reported below, with the range.
            }
            fault(name, value, "not a whole number from " + min + " to " + max + ".");
            return Optional.empty();
        });
    }

    Optional<Duration> duration(String name) {
        return text(name).flatMap(value -> {
            Matcher matcher = DURATION.matcher(value);
            if (matcher.matches()) {
                long millisOfUnit =
                        switch (matcher.group(2)) {
                            case "ms" -> 1;
                            case "s" -> 1_000;
                            case "m" -> 60_000;
                            default -> 3_600_000;
                        };
                long millis = new BigDecimal(matcher.group(1))
                        .multiply(BigDecimal.valueOf(millisOfUnit))
                        .longValue();
                if (millis > 0 && millis <= Integer.MAX_VALUE) {
                    return Optional.of(Duration.ofMillis(millis));
                }
            }
            fault(
                    name,
                    value,
                    "not a duration. Give a number above 0 with its unit ms, s, m or h, such as 5s or 200ms.");
            return Optional.empty();
        });
    }

    <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
        return text(name).flatMap(value -> {
            Optional<E> found = Arrays.stream(type.getEnumConstants())
                    .filter(constant -> shown(constant).equals(value.toLowerCase(Locale.ROOT)))
                    .findFirst();
            if (found.isEmpty()) {
                List<String> choices = Arrays.stream(type.getEnumConstants())
                        .map(PropertyReader::shown)
                        .toList();
                fault(
                        name,
                        value,
                        "not one of the choices: " + String.join(", ", choices) + "."
                                + Names.didYouMean(value, choices));
            }
            return found;
        });
    }

    void fault(String name, @Nullable String value, String message) {
        faults.add(new Fault(name, value, message));
    }

    private static String shown(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private String resolve(String name, String value, Function<String, @Nullable String> environment) {
        Matcher matcher = VARIABLE.matcher(value);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String variable = matcher.group(1);
            String found = null;
            if (matcher.group(3).isEmpty() || variable.isBlank()) {
                fault(
                        name,
                        null,
                        "a ${ is not of the form ${NAME} or ${NAME:default}. Close it, and name the"
                                + " environment variable.");
            } else {
                found = environment.apply(variable);
                if (found == null) {
                    found = matcher.group(2);
                }
                if (found == null) {
                    fault(
                            name,
                            null,
                            "the environment variable " + variable + " is not set. Set it, or give a default as ${"
                                    + variable + ":default}.");
                }
            }
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(found == null ? "" : found));
        }
        return matcher.appendTail(resolved).toString();
    }
}
