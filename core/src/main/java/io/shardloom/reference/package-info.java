/**
 * Reference tables: rows that every node has. Copies are compared and made equal by SQL alone.
 */
@org.jspecify.annotations.NullMarked
package io.shardloom.reference;
