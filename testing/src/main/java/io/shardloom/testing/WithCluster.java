package io.shardloom.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a JUnit test class a running {@link EmbeddedCluster} with an empty application database on every node.
 *
 * <pre>{@code
 * @WithCluster(nodes = 2, replicas = 1)
 * class OrdersIT {
 *     @Test
 *     void putsEachCustomerOnOneNode(EmbeddedCluster cluster) { … }
 * }
 * }</pre>
 *
 * <p>The cluster comes as a parameter of a constructor, a test or a life-cycle method, or in a static field of type
 * {@code EmbeddedCluster} that is not final. All classes that ask for the same shape share one cluster in a test run,
 * one class at a time; before each class all databases are dropped and the application's is created anew. A shared
 * cluster that a test has broken is replaced by a new one.
 *
 * <p>After each class the test run checks that nothing is left on the servers: no open connection, no prepared
 * transaction, no replication slot but the replicas' own. What is left fails the class and is cleared away. Put the
 * annotation on the outermost class; nested classes use its cluster. Needs JUnit 5.13 or later.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@ExtendWith(ClusterExtension.class)
public @interface WithCluster {

    /**
     * How many nodes, named {@code n1}, {@code n2} and so on.
     *
     * @return the number of nodes
     */
    int nodes() default 2;

    /**
     * How many streaming replicas each node has.
     *
     * @return the number of replicas of one node
     */
    int replicas() default 0;

    /**
     * Names of servers that belong to no node, such as a coordinator.
     *
     * @return the standalone servers' names
     */
    String[] servers() default {};

    /**
     * Parameters of {@code postgresql.conf}, each as {@code name=value}.
     *
     * @return the parameters
     */
    String[] settings() default {};

    /**
     * Whether commits reach the disk.
     *
     * @return true for measurements
     */
    boolean fsync() default false;

    /**
     * Whether other classes may use the same cluster. Say false in a class that stops or promotes servers: it gets a
     * cluster of its own, which is closed after the class.
     *
     * @return false for a private cluster
     */
    boolean shared() default true;

    /**
     * How often the databases are made anew.
     *
     * @return before each class, or before each test
     */
    Fresh fresh() default Fresh.CLASS;

    /** When the databases are made anew, and checked for what a test has left. */
    enum Fresh {
        /** Once for each test class. */
        CLASS,
        /** Once for each test method. */
        METHOD
    }
}
