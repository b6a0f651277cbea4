/** For applications that run on Spring; nothing of it is loaded without. */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate.spring;
