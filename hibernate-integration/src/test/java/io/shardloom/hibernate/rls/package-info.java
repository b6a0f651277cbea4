/** PostgreSQL itself holds the line between keys. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.hibernate.rls;
