package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an application gets on its run-time class path with this module, PostgreSQL driver and pool included. */
class ClassPathTest {
    @Test
    void staysLight() throws IOException {
        var dependencies = dependencies();

        // With this module's own jar: at most 23, as plain Hibernate with HikariCP and the driver has 20.
        assertThat(dependencies.size() + 1).as("%s", dependencies).isLessThanOrEqualTo(23);
        assertThat(dependencies)
                .noneMatch(jar -> jar.contains("junit") || jar.contains("shardloom-testing") || jar.contains("spring"));
    }

    private static List<String> dependencies() throws IOException {
        try (var file = ClassPathTest.class.getResourceAsStream("/runtime-class-path.txt")) {
            var paths = new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
            return Arrays.stream(paths.split(":"))
                    .map(path -> path.substring(path.lastIndexOf('/') + 1))
                    .toList();
        }
    }
}
