/** The entities of the five systems. Hibernate fills their fields, so these are not marked for null. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.sample.model;
