package io.shardloom.hibernate.internal.id;

import io.shardloom.hibernate.GlobalSequence;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import java.util.EnumSet;
import java.util.Set;
import org.hibernate.MappingException;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.generator.BeforeExecutionGenerator;
import org.hibernate.generator.EventType;
import org.hibernate.generator.EventTypeSets;
import org.hibernate.generator.GeneratorCreationContext;
import org.jspecify.annotations.Nullable;

/** Takes the numbers of {@code @GlobalSequence}; attributes that name the same sequence share its block. */
public final class GlobalSequenceGenerator implements BeforeExecutionGenerator {
    private static final long serialVersionUID = 1L;
    private static final Set<Class<?>> TYPES =
            Set.of(Long.class, Integer.class, Short.class, long.class, int.class, short.class);

    private final transient ShardingRuntime runtime;
    private final String name;
    private final int block;
    private final Class<?> type;

    /**
     * Called by Hibernate.
     *
     * @param annotation names the sequence
     * @param context names the attribute
     */
    public GlobalSequenceGenerator(GlobalSequence annotation, GeneratorCreationContext context) {
        runtime = context.getServiceRegistry().requireService(ShardingRuntime.class);
        name = annotation.name();
        block = annotation.block();
        type = context.getType().getReturnedClass();
        if (!runtime.enabled()) {
            throw new MappingException(
                    "@GlobalSequence on " + context.getProperty().getName()
                            + " needs a node to take its numbers from, and the unit names no shardloom.node.<name>.primary.");
        }
    }

    /**
     * Tells whether an attribute can hold the numbers.
     *
     * @param type the attribute's type
     */
    public static boolean fits(Class<?> type) {
        return TYPES.contains(type);
    }

    @Override
    public Object generate(
            SharedSessionContractImplementor session,
            Object owner,
            @Nullable Object currentValue,
            EventType eventType) {
        if (currentValue instanceof Number number && (number.longValue() != 0 || !type.isPrimitive())) {
            return currentValue;
        }
        long next = runtime.sequence(name, block).next();
        if (type == Long.class || type == long.class) {
            return next;
        }
        if (type == Integer.class || type == int.class) {
            return Math.toIntExact(next);
        }
        if (next > Short.MAX_VALUE) {
            throw new ArithmeticException("Global sequence '" + name + "' is at " + next
                    + ", which no longer fits a short. Widen the attribute and its column.");
        }
        return (short) next;
    }

    @Override
    public EnumSet<EventType> getEventTypes() {
        return EventTypeSets.INSERT_ONLY;
    }

    @Override
    public boolean allowAssignedIdentifiers() {
        return true;
    }
}
