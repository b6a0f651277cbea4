package io.shardloom.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How PostgreSQL is started although it refuses to run as root: as we are, in a user namespace, or as another user.
 *
 * <p>No single way works in every container: namespaces may be forbidden, and a rootless container may know no other
 * user. So the first one that works here is taken, and remembered.
 */
enum Launcher {
    DIRECT,
    UNSHARE,
    SETPRIV,
    RUNUSER,
    SU;

    /** Forces one launcher by name, in lower case. */
    static final String PROPERTY = "shardloom.testing.launcher";

    private static final String ACCOUNT = "nobody";
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Map<Launcher, String> FAILURES = new EnumMap<>(Launcher.class);
    private static @Nullable Launcher found;
    private static @Nullable Boolean root;

    static Launcher choose() {
        var forced = System.getProperty(PROPERTY);
        return forced == null || forced.isBlank() ? probe() : named(forced);
    }

    static Launcher named(String name) {
        return Stream.of(values())
                .filter(l -> l.id().equals(name.strip()))
                .findFirst()
                .orElseThrow(() -> new EmbeddedClusterException("System property " + PROPERTY + "=" + name
                        + " names no launcher (launchers: "
                        + Stream.of(values()).map(Launcher::id).collect(Collectors.joining(", "))
                        + "). Use one of these or remove the property."));
    }

    private static synchronized Launcher probe() {
        if (found == null) {
            found = !runsAsRoot()
                    ? DIRECT
                    : Stream.of(UNSHARE, SETPRIV, RUNUSER, SU)
                            .filter(Launcher::works)
                            .findFirst()
                            .orElseThrow(Launcher::noneWorks);
        }
        return found;
    }

    private static EmbeddedClusterException noneWorks() {
        return new EmbeddedClusterException("PostgreSQL does not run as root, and no way to start it as another user"
                + " works here: " + FAILURES + ". Run the build as an ordinary user, or allow one of: user namespaces"
                + " for unshare; setpriv, runuser or su to '" + ACCOUNT + "' (which must be in /etc/passwd).");
    }

    static synchronized boolean runsAsRoot() {
        if (root == null) {
            root = Shell.run(DEADLINE, null, List.of("id", "-u"))
                    .output()
                    .strip()
                    .equals("0");
        }
        return root;
    }

    /** Whether a command started this way runs under a known account that is not root's. */
    boolean works() {
        var result = Shell.run(DEADLINE, Path.of("/"), wrap(List.of("id", "-un")));
        var name = result.output().strip();
        var works = result.ok() && !name.isEmpty() && !name.equals("root") && name.indexOf(' ') < 0;
        if (!works) {
            FAILURES.put(this, "exit " + result.exit() + " " + name);
        }
        return works;
    }

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The command line that runs a command under the account this launcher stands for. */
    List<String> wrap(List<String> command) {
        var full = new ArrayList<String>();
        switch (this) {
            case DIRECT -> {}
            case UNSHARE -> full.addAll(List.of("unshare", "-U"));
            case SETPRIV ->
                full.addAll(List.of("setpriv", "--reuid=" + ACCOUNT, "--regid=" + group(), "--clear-groups"));
            case RUNUSER -> full.addAll(List.of("runuser", "-u", ACCOUNT, "--"));
            case SU -> {
                var line = command.stream().map(Shell::quote).collect(Collectors.joining(" "));
                return List.of("su", "-s", "/bin/sh", ACCOUNT, "-c", "exec " + line);
            }
        }
        full.addAll(command);
        return full;
    }

    /** Hands a file or directory to the account the servers run under. */
    void adopt(Path path) throws IOException {
        if (this != DIRECT && this != UNSHARE) {
            var owner = path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(ACCOUNT);
            Files.setOwner(path, owner);
        }
    }

    private static String group() {
        var result = Shell.run(DEADLINE, null, List.of("id", "-g", ACCOUNT));
        return result.ok() ? result.output().strip() : "65534";
    }
}
