/** Which server takes a read: targets and strategies. */
@NullMarked
package io.shardloom.choice;

import org.jspecify.annotations.NullMarked;
