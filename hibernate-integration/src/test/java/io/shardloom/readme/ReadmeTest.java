package io.shardloom.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every code block of the documents is one that a test compiles and runs; layout apart. */
class ReadmeTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern BLOCK = Pattern.compile("^```(\\w+)\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

    record Block(String document, String language, String code) {
        @Override
        public String toString() {
            return document + ": " + code.lines().findFirst().orElse("");
        }
    }

    @ParameterizedTest
    @MethodSource("codeBlocks")
    void isRunByATest(Block block) throws IOException {
        var tested = source("hibernate-integration/src/test/java/io/shardloom/readme", "java")
                + source("hibernate-integration/src/test/java/io/shardloom/hibernate/shop", "java")
                + source("testing/src/test/java", "java")
                + source("hibernate-integration/src/test/resources/META-INF", "xml");

        for (var part : block.code().split("\\n\\s*\\n", -1)) {
            assertThat(squeezed(tested)).as(block.toString()).contains(squeezed(part));
        }
    }

    static List<Block> codeBlocks() throws IOException {
        return blocks().stream()
                .filter(block ->
                        block.language().equals("java") || block.language().equals("xml"))
                .toList();
    }

    @Test
    void runItAndTestItAreOneCommandEach() throws IOException {
        var readme = Files.readString(ROOT.resolve("README.md"));

        assertThat(shellBlocks(section(readme, "Run it"))).containsExactly("./mvnw -q -ntp -Prun verify\n");
        assertThat(shellBlocks(section(readme, "Test it"))).containsExactly("./mvnw -ntp verify\n");
        assertThat(Files.readString(ROOT.resolve(".ci/run"))).contains("./mvnw -ntp verify");
    }

    private static String section(String readme, String heading) {
        int start = readme.indexOf("## " + heading + "\n");
        int end = readme.indexOf("\n## ", start);
        assertThat(start).as(heading).isNotNegative();
        return readme.substring(start, end < 0 ? readme.length() : end);
    }

    private static List<String> shellBlocks(String text) {
        var found = new ArrayList<String>();
        var matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            if (matcher.group(1).equals("sh")) {
                found.add(matcher.group(2));
            }
        }
        return found;
    }

    private static List<Block> blocks() throws IOException {
        var documents = new ArrayList<Path>();
        documents.add(ROOT.resolve("README.md"));
        try (var files = Files.list(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
        }
        var found = new ArrayList<Block>();
        for (var document : documents) {
            var matcher = BLOCK.matcher(Files.readString(document));
            while (matcher.find()) {
                found.add(new Block(document.getFileName().toString(), matcher.group(1), matcher.group(2)));
            }
        }
        return found;
    }

    private static String source(String folder, String ending) throws IOException {
        try (var files = Files.walk(ROOT.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith("." + ending))
                    .sorted()
                    .map(ReadmeTest::read)
                    .collect(Collectors.joining("\n"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }
}
