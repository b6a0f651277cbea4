/** What a read-only session refuses before any SQL, and the changes it tells instead of dropping them. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.readonly;
