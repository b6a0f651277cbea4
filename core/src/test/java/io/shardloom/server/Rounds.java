package io.shardloom.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a test of a fault once, or as often as {@code -Dreplicas.fault-rounds} says. */
final class Rounds implements TestTemplateInvocationContextProvider {

    static final int COUNT = Integer.getInteger("replicas.fault-rounds", 1);

    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @TestTemplate
    @ExtendWith(Rounds.class)
    @interface Fault {}

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        return IntStream.range(0, COUNT).mapToObj(round -> new TestTemplateInvocationContext() {
            @Override
            public String getDisplayName(int invocation) {
                return context.getDisplayName() + " round " + invocation;
            }
        });
    }
}
