/** Random work of many keys at once, each answer compared with what that key alone should see. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.hibernate.leak;
