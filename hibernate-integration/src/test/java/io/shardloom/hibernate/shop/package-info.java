@org.jspecify.annotations.NullUnmarked
package io.shardloom.hibernate.shop;
