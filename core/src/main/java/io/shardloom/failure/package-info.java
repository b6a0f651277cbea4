/** What can go wrong, one unchecked exception for each thing a caller can do about it. */
@NullMarked
package io.shardloom.failure;

import org.jspecify.annotations.NullMarked;
