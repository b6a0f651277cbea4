/** What happens to the servers, for those who want to know. */
@NullMarked
package io.shardloom.event;

import org.jspecify.annotations.NullMarked;
