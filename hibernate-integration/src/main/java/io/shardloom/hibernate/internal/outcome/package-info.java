/** Says what became of a transaction whose connection was lost. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.outcome;
