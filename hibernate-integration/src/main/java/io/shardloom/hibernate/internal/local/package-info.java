/** Keeps work with tables that are on one node only to that node. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.local;
