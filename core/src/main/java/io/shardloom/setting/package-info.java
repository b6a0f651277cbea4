/** Connections whose every transaction starts with a setting, sent with its first statement. */
@org.jspecify.annotations.NullMarked
package io.shardloom.setting;
