/**
 * Connections that send the beginning of a transaction with its first statement, a setting that holds in it, or its end with
 * a query.
 */
@org.jspecify.annotations.NullMarked
package io.shardloom.setting;
