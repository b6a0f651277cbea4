/** The same queries on a cluster and on one PostgreSQL. */
package io.shardloom.hibernate.differential;
