/** Gives the bulk statements of HQL and Criteria the session's key, and refuses those that cannot have it. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.internal.bulk;
