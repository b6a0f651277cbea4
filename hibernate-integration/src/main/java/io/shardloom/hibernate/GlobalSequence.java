package io.shardloom.hibernate;

import io.shardloom.hibernate.internal.id.GlobalSequenceGenerator;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.hibernate.annotations.IdGeneratorType;
import org.hibernate.annotations.ValueGenerationType;

/**
 * Fills a number attribute ({@code short}, {@code int}, {@code long} or its wrapper) with numbers that are unique over
 * all nodes, taken in blocks from one place. Gaps are allowed, duplicates never happen.
 *
 * <p>A block is taken in a short transaction of its own on the node named by {@code shardloom.sequence.node}. A JVM
 * that stops leaves the rest of its block unused; two JVMs with blocks larger than one do not number in time order.
 */
@IdGeneratorType(GlobalSequenceGenerator.class)
@ValueGenerationType(generatedBy = GlobalSequenceGenerator.class)
@Target({ElementType.FIELD, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface GlobalSequence {
    /**
     * The sequence's name, shared by all attributes that name it.
     *
     * @return lower-case letters, digits and underscores
     */
    String name();

    /**
     * How many numbers are taken at once; one gives numbers without gaps as long as no transaction rolls back.
     *
     * @return at least 1
     */
    int block() default 50;
}
