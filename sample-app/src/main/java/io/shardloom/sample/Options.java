package io.shardloom.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What the command line asks for. Immutable. */
record Options(List<Scenario> scenarios, boolean keep, boolean debug, boolean list, boolean help) {

    Options {
        scenarios = List.copyOf(scenarios);
    }

    static Options parse(String... arguments) {
        var scenarios = new ArrayList<Scenario>();
        var flags = new ArrayList<String>();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--scenario" -> {
                    if (++i == arguments.length) {
                        throw new UsageException("--scenario needs a name: " + names() + ".");
                    }
                    scenarios.add(scenario(arguments[i]));
                }
                case "--keep", "--debug", "--list", "--help" -> flags.add(arguments[i]);
                default ->
                    throw new UsageException(
                            "There is no option '" + arguments[i] + "'. Run with --help to see them all.");
            }
        }
        return new Options(
                scenarios.isEmpty()
                        ? Scenario.ALL
                        : scenarios.stream().distinct().toList(),
                flags.contains("--keep"),
                flags.contains("--debug"),
                flags.contains("--list"),
                flags.contains("--help"));
    }

    private static Scenario scenario(String name) {
        return Scenario.ALL.stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new UsageException("There is no scenario '" + name + "'. Choose from " + names() + "."));
    }

    private static String names() {
        return Scenario.ALL.stream().map(Scenario::name).collect(Collectors.joining(", "));
    }
}
