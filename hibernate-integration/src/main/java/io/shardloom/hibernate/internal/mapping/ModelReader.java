package io.shardloom.hibernate.internal.mapping;

import io.shardloom.config.Configuration;
import io.shardloom.config.ResolvedGroups;
import io.shardloom.failure.Fault;
import io.shardloom.hibernate.GlobalSequence;
import io.shardloom.hibernate.LocalTable;
import io.shardloom.hibernate.ReferenceTable;
import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.ShardedUuid;
import io.shardloom.hibernate.internal.id.GlobalSequenceGenerator;
import io.shardloom.key.KeyType;
import io.shardloom.topology.Node;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.mapping.BasicValue;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.RootClass;
import org.hibernate.mapping.Table;
import org.hibernate.type.descriptor.jdbc.JdbcType;
import org.jspecify.annotations.Nullable;

/** Reads from Hibernate's boot model where each entity and each table lives, and collects what is wrong with it. */
final class ModelReader {
    private static final String DEFAULT_GROUP = "default";
    private static final Pattern SEQUENCE_NAME = Pattern.compile("[a-z][a-z0-9_]*");

    private final InFlightMetadataCollector metadata;
    private final Configuration configuration;
    private final List<Fault> faults;
    private final Map<String, EntityHome> homes = new LinkedHashMap<>();
    private final Map<Table, ShardedTable> tables = new LinkedHashMap<>();
    private final Map<Table, String> localTables = new LinkedHashMap<>();
    private final Set<String> sequences = new HashSet<>();
    private final Map<String, Map.Entry<String, KeyType>> groupTypes = new LinkedHashMap<>();

    ModelReader(InFlightMetadataCollector metadata, Configuration configuration, List<Fault> faults) {
        this.metadata = metadata;
        this.configuration = configuration;
        this.faults = faults;
    }

    /** Tells whether an entity carries one of the annotations that say where its rows live. */
    static boolean isAnnotated(RootClass root) {
        Class<?> type = root.getMappedClass();
        return type != null
                && (annotation(type, ReferenceTable.class) != null
                        || annotation(type, LocalTable.class) != null
                        || !keyMembers(root).isEmpty());
    }

    /** Returns the faults of attributes that need a node, for a unit that names none. */
    static List<Fault> numbersWithoutNode(RootClass root) {
        var found = new ArrayList<Fault>();
        for (var type : classes(root)) {
            AnnotatedMembers.of(type, GlobalSequence.class)
                    .forEach((attribute, sequence) -> found.add(Fault.of(
                            name(root) + "." + attribute,
                            "@GlobalSequence takes its numbers from a node, and the unit names none. Name one, such as"
                                    + " shardloom.node.n1.primary = jdbc:postgresql://host:5432/database, or use"
                                    + " @GeneratedValue in a unit without sharding.")));
        }
        return found;
    }

    /** Returns the model; where there are faults it is not to be used. */
    ShardedModel read() {
        var entities = metadata.getEntityBindingMap().values().stream()
                .sorted(Comparator.comparing(PersistentClass::getEntityName))
                .toList();
        for (var entity : entities) {
            if (entity instanceof RootClass root) {
                readHierarchy(root);
            }
        }
        if (metadata.getFilterDefinition(TenantIdBinder.FILTER_NAME) != null) {
            faults.add(Fault.of(
                    "@TenantId",
                    "Hibernate's own tenancy and sharding both decide which rows a session sees. Replace @TenantId by"
                            + " @ShardKey."));
        }
        new MappingCheck(metadata, homes, configuration.rowSecurity().isPresent(), faults).check();
        return new ShardedModel(homes, tables, localTables, sequences);
    }

    /** Collects what is wrong with associations; to be called when the groups of the model are known. */
    void checkAssociations(ResolvedGroups groups) {
        new AssociationCheck(metadata, homes, groups, faults).check();
    }

    private void readHierarchy(RootClass root) {
        readGenerators(root);
        var home = homeOf(root);
        if (home == null) {
            return;
        }
        homes.put(root.getEntityName(), home);
        for (var subclass : root.getSubclasses()) {
            homes.put(subclass.getEntityName(), home);
        }
        if (home instanceof EntityHome.Sharded sharded) {
            tables.putAll(KeyColumns.of(root, sharded, metadata));
        } else if (home instanceof EntityHome.Local local) {
            for (var table : allTables(root)) {
                localTables.put(table, local.node());
            }
        }
    }

    private @Nullable EntityHome homeOf(RootClass root) {
        Class<?> type = root.getMappedClass();
        var subject = name(root);
        if (type == null) {
            faults.add(Fault.of(subject, "a dynamic (map) entity cannot be sharded. Map it to a class."));
            return null;
        }
        var keys = keyMembers(root);
        var reference = annotation(type, ReferenceTable.class);
        var local = annotation(type, LocalTable.class);
        int said = (keys.isEmpty() ? 0 : 1) + (reference == null ? 0 : 1) + (local == null ? 0 : 1);
        if (said == 0) {
            var misplaced = keyInsideEmbeddable(root);
            if (misplaced != null) {
                faults.add(Fault.of(
                        subject + "." + misplaced,
                        "@ShardKey is inside an embeddable that is not the id. Put it on a basic attribute of the entity"
                                + " itself or of its @EmbeddedId."));
                return null;
            }
            faults.add(Fault.of(
                    subject,
                    "nothing says where its rows live. Put @ShardKey on the attribute that decides it, or"
                            + " @ReferenceTable (same rows on every node) or @LocalTable(node = …) on the class."));
            return null;
        }
        if (said > 1) {
            faults.add(Fault.of(
                    subject,
                    "@ShardKey, @ReferenceTable and @LocalTable exclude each other, and it has " + said
                            + " of them. Keep one."));
            return null;
        }
        if (reference != null) {
            return new EntityHome.Reference();
        }
        if (local != null) {
            return localHome(subject, local);
        }
        if (keys.size() > 1) {
            faults.add(Fault.of(
                    subject,
                    "@ShardKey is on " + keys.size() + " attributes (" + String.join(", ", keys.keySet())
                            + "). Keep it on the one that decides where the row lives."));
            return null;
        }
        var only = keys.entrySet().iterator().next();
        return shardedHome(root, only.getKey(), only.getValue());
    }

    private static @Nullable String keyInsideEmbeddable(RootClass root) {
        var id = root.getIdentifierProperty();
        var found = id == null ? null : keyInside(List.of(id));
        return found == null ? keyInside(root.getPropertyClosure()) : found;
    }

    private static @Nullable String keyInside(List<Property> properties) {
        for (var property : properties) {
            if (property.getValue() instanceof Component embedded && embedded.getComponentClassName() != null) {
                var keys = AnnotatedMembers.of(embedded.getComponentClass(), ShardKey.class);
                var found = keys.isEmpty()
                        ? keyInside(embedded.getProperties())
                        : keys.keySet().iterator().next();
                if (found != null) {
                    return property.getName() + "." + found;
                }
            }
        }
        return null;
    }

    private @Nullable EntityHome localHome(String subject, LocalTable local) {
        var names = configuration.nodes().stream().map(Node::name).toList();
        if (!names.contains(local.node())) {
            faults.add(new Fault(
                    subject + " @LocalTable(node)",
                    local.node(),
                    "there is no such node. Name one of " + String.join(", ", names) + "."));
            return null;
        }
        return new EntityHome.Local(local.node());
    }

    /** Returns path (dotted inside an embedded id) to annotation, for the whole hierarchy. */
    private static Map<String, ShardKey> keyMembers(RootClass root) {
        var found = new LinkedHashMap<String, ShardKey>();
        for (var type : classes(root)) {
            boolean embeddedId = root.hasIdentifierProperty() && type == idClass(root);
            var prefix = embeddedId ? root.getIdentifierProperty().getName() + "." : "";
            AnnotatedMembers.of(type, ShardKey.class)
                    .forEach((name, key) -> found.put(prefix + name, key.annotation()));
        }
        return found;
    }

    /** Returns the classes of a hierarchy and of its composite id. */
    private static Set<Class<?>> classes(RootClass root) {
        var classes = new LinkedHashSet<Class<?>>();
        classes.add(root.getMappedClass());
        root.getSubclasses().forEach(subclass -> classes.add(subclass.getMappedClass()));
        if (idClass(root) != null) {
            classes.add(idClass(root));
        }
        classes.remove(null);
        return classes;
    }

    private static @Nullable Class<?> idClass(RootClass root) {
        return root.getIdentifier() instanceof Component id && root.hasIdentifierProperty()
                ? id.getComponentClass()
                : null;
    }

    private @Nullable EntityHome shardedHome(RootClass root, String path, ShardKey annotation) {
        var property = KeyColumns.property(root, path);
        var subject = name(root) + "." + path;
        if (property == null) {
            faults.add(Fault.of(
                    subject, "@ShardKey is on something that is not a mapped attribute. Put it on a basic attribute."));
            return null;
        }
        var type = keyType(subject, property);
        var group = group(subject, annotation);
        if (type == null || group == null || !agreesOnType(subject, group, type)) {
            return null;
        }
        var column = (Column) property.getSelectables().get(0);
        var quoted = column.getQuotedName(metadata.getDatabase().getDialect());
        return new EntityHome.Sharded(
                group, type, List.of(path.split("\\.")), KeyColumns.isPartOfId(root, path), quoted);
    }

    private @Nullable KeyType keyType(String subject, Property property) {
        if (!(property.getValue() instanceof BasicValue value) || !(value.getColumn() instanceof Column)) {
            faults.add(Fault.of(
                    subject,
                    "a shard key is one column. Put @ShardKey on a basic attribute, not on an association, an"
                            + " embeddable or a formula."));
            return null;
        }
        var resolution = value.getResolution();
        var javaType = resolution.getDomainJavaType().getJavaTypeClass();
        var type = KeyType.ofJava(javaType);
        if (type.isEmpty() || resolution.getValueConverter() != null) {
            faults.add(Fault.of(
                    subject,
                    (type.isEmpty() ? javaType.getSimpleName() : "a converted attribute")
                            + " cannot be a shard key. Use short, int, long, String, UUID, LocalDate, LocalDateTime or"
                            + " Instant, without a converter."));
            return null;
        }
        return KeyColumnTypes.matches((Column) value.getColumn(), resolution.getJdbcType(), type.get())
                ? type.get()
                : otherColumn(subject, (Column) value.getColumn(), resolution.getJdbcType(), type.get());
    }

    private @Nullable KeyType otherColumn(String subject, Column column, JdbcType jdbcType, KeyType type) {
        faults.add(Fault.of(
                subject,
                "its column is " + KeyColumnTypes.name(column, jdbcType) + ", and PostgreSQL spreads and compares "
                        + type.sqlName() + " keys in another way. Leave the column's type to the attribute, or give the"
                        + " attribute the class of the column."));
        return null;
    }

    private @Nullable String group(String subject, ShardKey annotation) {
        var names = configuration.groupNames();
        if (!annotation.group().isEmpty()) {
            if (names.contains(annotation.group())) {
                return annotation.group();
            }
            faults.add(new Fault(
                    subject + " @ShardKey(group)",
                    annotation.group(),
                    "there is no such group. Set shardloom.group." + annotation.group() + ".strategy, or name one of "
                            + String.join(", ", names) + "."));
            return null;
        }
        if (names.size() == 1) {
            return names.iterator().next();
        }
        if (names.contains(DEFAULT_GROUP)) {
            return DEFAULT_GROUP;
        }
        faults.add(Fault.of(
                subject,
                "the unit has several groups (" + String.join(", ", names) + "). Say which: @ShardKey(group = \""
                        + names.iterator().next() + "\")."));
        return null;
    }

    private boolean agreesOnType(String subject, String group, KeyType type) {
        var first = groupTypes.putIfAbsent(group, Map.entry(subject, type));
        boolean agrees = first == null || first.getValue() == type;
        if (!agrees && first != null) {
            faults.add(Fault.of(
                    subject,
                    "the key is " + type.sqlName() + ", but group '" + group + "' has "
                            + first.getValue().sqlName() + " keys (" + first.getKey()
                            + "). Co-located entities share one key type: change the attribute, or give it a group of"
                            + " its own."));
        }
        return agrees;
    }

    private void readGenerators(RootClass root) {
        for (var type : classes(root)) {
            AnnotatedMembers.of(type, GlobalSequence.class).forEach((attribute, found) -> {
                var subject = name(root) + "." + attribute;
                var sequence = found.annotation();
                if (!SEQUENCE_NAME.matcher(sequence.name()).matches()) {
                    faults.add(new Fault(
                            subject + " @GlobalSequence(name)",
                            sequence.name(),
                            "a sequence's name is lower-case letters, digits and underscores, a letter first."));
                }
                if (sequence.block() < 1) {
                    faults.add(new Fault(
                            subject + " @GlobalSequence(block)",
                            String.valueOf(sequence.block()),
                            "take at least 1 number at once."));
                }
                if (!GlobalSequenceGenerator.fits(found.type())) {
                    faults.add(Fault.of(
                            subject,
                            "@GlobalSequence makes numbers, and the attribute is a "
                                    + found.type().getSimpleName()
                                    + ". Put it on a short, int or long, or use @ShardedUuid on a UUID."));
                }
                sequences.add(sequence.name());
            });
            AnnotatedMembers.of(type, ShardedUuid.class).forEach((attribute, found) -> {
                if (found.type() != UUID.class) {
                    faults.add(Fault.of(
                            name(root) + "." + attribute,
                            "@ShardedUuid makes a java.util.UUID, and the attribute is a "
                                    + found.type().getSimpleName()
                                    + ". Change its type, or use @GlobalSequence on a number."));
                }
            });
        }
    }

    private Set<Table> allTables(RootClass root) {
        var found = new HashSet<Table>();
        found.add(root.getTable());
        for (var subclass : root.getSubclasses()) {
            found.add(subclass.getTable());
            subclass.getJoins().forEach(join -> found.add(join.getTable()));
        }
        root.getJoins().forEach(join -> found.add(join.getTable()));
        for (var collection : metadata.getCollectionBindings()) {
            if (!collection.isOneToMany() && collection.getOwner().getRootClass() == root) {
                found.add(collection.getCollectionTable());
            }
        }
        return found;
    }

    private static String name(PersistentClass entity) {
        return entity.getJpaEntityName() != null ? entity.getJpaEntityName() : entity.getEntityName();
    }

    private static <A extends Annotation> @Nullable A annotation(Class<?> type, Class<A> wanted) {
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            var found = c.getAnnotation(wanted);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
