package io.shardloom.testing;

import io.shardloom.testing.WithCluster.Fresh;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link WithCluster} does around a test class. */
final class ClusterExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {

    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(ClusterExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) throws IllegalAccessException {
        var type = context.getRequiredTestClass();
        if (isNested(context)) {
            if (type.isAnnotationPresent(WithCluster.class) && type.getDeclaredAnnotation(WithCluster.class) != null) {
                throw new ExtensionConfigurationException("@WithCluster is on the nested class " + type.getName()
                        + ". Put it on the outermost class, whose cluster its nested classes use.");
            }
            return;
        }
        var lease = lease(context, ClusterShape.of(annotation(type)));
        context.getStore(OURS).put(ClusterLease.class, lease);
        lease.begin();
        for (var field : clusterFields(type)) {
            field.setAccessible(true);
            field.set(null, lease.cluster());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (!isNested(context)) {
            // Absent if the set-up itself has failed.
            var lease = context.getStore(OURS).get(ClusterLease.class, ClusterLease.class);
            if (lease != null) {
                lease.end();
            }
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        var lease = lease(context);
        if (lease.shape().fresh() == Fresh.METHOD) {
            lease.refresh();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        var lease = lease(context);
        if (lease.shape().fresh() == Fresh.METHOD) {
            lease.check();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == EmbeddedCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return lease(context).cluster();
    }

    private static ClusterLease lease(ExtensionContext context, ClusterShape shape) {
        if (!shape.shared()) {
            return new ClusterLease(shape, new SharedCluster(shape), true);
        }
        var shared = context.getRoot()
                .getStore(OURS)
                .getOrComputeIfAbsent(shape.withoutFresh(), SharedCluster::new, SharedCluster.class);
        return new ClusterLease(shape, shared, false);
    }

    private static ClusterLease lease(ExtensionContext context) {
        var lease = context.getStore(OURS).get(ClusterLease.class, ClusterLease.class);
        if (lease == null) {
            throw new ExtensionConfigurationException("No cluster has been started for " + context.getDisplayName()
                    + ". Is @WithCluster on the outermost test class?");
        }
        return lease;
    }

    private static boolean isNested(ExtensionContext context) {
        return context.getParent()
                .map(parent -> parent.getStore(OURS).get(ClusterLease.class))
                .isPresent();
    }

    private static WithCluster annotation(Class<?> type) {
        var annotation = type.getAnnotation(WithCluster.class);
        if (annotation == null) {
            throw new ExtensionConfigurationException(
                    type.getName() + " has no @WithCluster. Use the annotation, not the extension behind it.");
        }
        return annotation;
    }

    private static List<Field> clusterFields(Class<?> type) {
        return Stream.<Class<?>>iterate(type, c -> c != null && c != Object.class, Class::getSuperclass)
                .flatMap(c -> Arrays.stream(c.getDeclaredFields()))
                .filter(field -> field.getType() == EmbeddedCluster.class
                        && Modifier.isStatic(field.getModifiers())
                        && !Modifier.isFinal(field.getModifiers()))
                .toList();
    }
}
