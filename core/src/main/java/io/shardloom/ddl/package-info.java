/** The text of DDL; nothing here runs it. */
@NullMarked
package io.shardloom.ddl;

import org.jspecify.annotations.NullMarked;
