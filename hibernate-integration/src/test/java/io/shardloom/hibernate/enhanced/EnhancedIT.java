package io.shardloom.hibernate.enhanced;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hibernate.jpa.HibernatePersistenceProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each of the {@link Scenarios} with Hibernate alone, in key sessions and in cluster sessions, which must all do the same;
 * with entities that a container enhances as {@code hibernate.enhancer.*} say, in the plain layout, and with such as a build
 * enhances, in the partitioned one.
 */
@WithCluster(nodes = 2)
class EnhancedIT {
    private static final List<EntityManagerFactory> OPEN = new ArrayList<>();
    private static final AtomicInteger KEYS = new AtomicInteger();
    static EmbeddedCluster cluster;

    @BeforeAll
    static void schema() throws Exception {
        cluster.node("n1").primary().execute("create schema plain");
    }

    @AfterAll
    static void close() {
        OPEN.forEach(EntityManagerFactory::close);
    }

    @TestFactory
    Stream<DynamicContainer> enhancedByTheContainer() {
        return sides(new EnhancingLoader(), false);
    }

    @TestFactory
    Stream<DynamicContainer> enhancedByTheBuild() {
        return sides(EnhancingLoader.extended(), true);
    }

    private static Stream<DynamicContainer> sides(EnhancingLoader loader, boolean extended) {
        var server = cluster.node("n1").primary();
        var plain = open(
                loader,
                extended,
                Map.of(
                        "jakarta.persistence.jdbc.url", server.jdbcUrl() + "?currentSchema=plain",
                        "jakarta.persistence.jdbc.user", cluster.user(),
                        "jakarta.persistence.jdbc.password", cluster.password()));
        var properties = new HashMap<String, String>(cluster.shardloomProperties());
        properties.put("shardloom.layout", extended ? "partitioned" : "plain");
        var sharded = open(loader, extended, properties);
        return Arrays.stream(Unit.Side.values())
                .map(side -> DynamicContainer.dynamicContainer(
                        side.name(),
                        scenarios(loader)
                                .map(scenario -> DynamicTest.dynamicTest(
                                        scenario.getName(), () -> run(scenario, side, plain, sharded, extended)))));
    }

    private static Stream<Method> scenarios(EnhancingLoader loader) {
        try {
            return Arrays.stream(loader.loadClass(Scenarios.class.getName()).getDeclaredMethods())
                    .filter(method -> Modifier.isPublic(method.getModifiers()))
                    .sorted(Comparator.comparing(Method::getName));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void run(
            Method scenario, Unit.Side side, EntityManagerFactory plain, EntityManagerFactory sharded, boolean extended)
            throws Throwable {
        var shop = Shardloom.of(sharded);
        int key = nextKeyOn(shop, "n2");
        try {
            scenario.invoke(
                    scenario.getDeclaringClass().getConstructor().newInstance(),
                    new Unit(side, plain, sharded, key, nextKeyOn(shop, "n1"), extended));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static int nextKeyOn(Shardloom shop, String node) {
        return IntStream.generate(KEYS::incrementAndGet)
                .filter(key -> shop.explain(key).location().node().name().equals(node))
                .findFirst()
                .orElseThrow();
    }

    /** Starts a unit as a container does. */
    private static EntityManagerFactory open(EnhancingLoader loader, boolean enhanced, Map<String, String> properties) {
        var all = new HashMap<String, Object>(properties);
        all.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        all.put("hibernate.enhancer.enableDirtyTracking", !enhanced);
        all.put("hibernate.enhancer.enableLazyInitialization", !enhanced);
        all.put("hibernate.enhancer.enableAssociationManagement", !enhanced);
        var made =
                new HibernatePersistenceProvider().createContainerEntityManagerFactory(new ContainerUnit(loader), all);
        assertThat(made).isNotNull();
        OPEN.add(made);
        return made;
    }
}
