package io.shardloom.hibernate;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an entity whose table has the same rows on every node, so that each session reads and joins it on its own node.
 *
 * <p>A key session reads it and refuses to write it: one node's copy would differ from the others.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface ReferenceTable {}
