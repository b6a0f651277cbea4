package io.shardloom.hibernate.enhanced;

import jakarta.persistence.spi.ClassTransformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.bytecode.enhance.spi.DefaultEnhancementContext;
import org.hibernate.bytecode.enhance.spi.UnloadedClass;
import org.hibernate.bytecode.enhance.spi.UnloadedField;
import org.hibernate.bytecode.internal.BytecodeProviderInitiator;
import org.jspecify.annotations.Nullable;

/** Loads the entities, and the tests that use them, anew, as Hibernate's enhancer makes them. */
final class EnhancingLoader extends ClassLoader {
    private static final List<String> OWN =
            List.of(Papers.class.getName(), "io.shardloom.hibernate.enhanced.Scenarios");

    private final List<ClassTransformer> transformers = new ArrayList<>();

    /** Enhances nothing before it is told how. */
    EnhancingLoader() {
        super(EnhancingLoader.class.getClassLoader());
    }

    /** Enhances as the build plugins do with everything switched on, fields that other classes use included. */
    static EnhancingLoader extended() {
        var enhancer = BytecodeProviderInitiator.buildDefaultBytecodeProvider()
                .getEnhancer(new DefaultEnhancementContext() {
                    @Override
                    public boolean doBiDirectionalAssociationManagement(UnloadedField field) {
                        return true;
                    }

                    @Override
                    public boolean doExtendedEnhancement(UnloadedClass type) {
                        return true;
                    }
                });
        var loader = new EnhancingLoader();
        loader.add(new ClassTransformer() {
            @Override
            public byte @Nullable [] transform(
                    @Nullable ClassLoader of,
                    String name,
                    @Nullable Class<?> type,
                    java.security.@Nullable ProtectionDomain domain,
                    byte[] bytes) {
                return enhancer.enhance(name, bytes);
            }
        });
        return loader;
    }

    /** Enhances the classes loaded from now on. */
    void add(ClassTransformer transformer) {
        transformers.add(transformer);
    }

    /** Tells whether nothing is enhanced yet. */
    boolean isPlain() {
        return transformers.isEmpty();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (OWN.stream().noneMatch(own -> name.equals(own) || name.startsWith(own + "$"))) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            var loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (var file = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            var bytes = file.readAllBytes();
            for (var transformer : transformers) {
                var made = transformer.transform(this, name, null, null, bytes);
                bytes = made == null ? bytes : made;
            }
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (jakarta.persistence.spi.TransformerException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
