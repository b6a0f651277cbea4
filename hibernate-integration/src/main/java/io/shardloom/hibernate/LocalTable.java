package io.shardloom.hibernate;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an entity whose table exists on one named node only. Work with it through {@link Shardloom#inNodeTransaction} and
 * {@link Shardloom#query}; a session bound to a key that lives on the same node can read it too.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface LocalTable {
    /**
     * The node that has the table.
     *
     * @return a node named in {@code shardloom.node.<name>.primary}
     */
    String node();
}
