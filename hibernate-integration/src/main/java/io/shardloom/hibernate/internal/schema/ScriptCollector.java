package io.shardloom.hibernate.internal.schema;

import io.shardloom.topology.Node;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.hibernate.tool.schema.TargetType;
import org.hibernate.tool.schema.spi.ScriptTargetOutput;
import org.hibernate.tool.schema.spi.TargetDescriptor;

/** Takes the statements Hibernate writes for each node. */
public final class ScriptCollector {
    private final Map<String, StringBuilder> scripts = new LinkedHashMap<>();

    /**
     * Returns what was collected.
     *
     * @return node name to script, one statement a line, each ended by a semicolon
     */
    public Map<String, String> scripts() {
        return scripts.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, e -> e.getValue().toString(), (a, b) -> a, LinkedHashMap::new));
    }

    TargetDescriptor on(Node node) {
        var script = scripts.computeIfAbsent(node.name(), name -> new StringBuilder());
        return new TargetDescriptor() {
            @Override
            public EnumSet<TargetType> getTargetTypes() {
                return EnumSet.of(TargetType.SCRIPT);
            }

            @Override
            public ScriptTargetOutput getScriptTargetOutput() {
                return new Output(script);
            }
        };
    }

    private record Output(StringBuilder script) implements ScriptTargetOutput {
        @Override
        public void prepare() {}

        @Override
        public void accept(String command) {
            script.append(command.strip()).append('\n');
        }

        @Override
        public void release() {}
    }
}
