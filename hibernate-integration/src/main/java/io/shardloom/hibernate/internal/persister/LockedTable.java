package io.shardloom.hibernate.internal.persister;

import io.shardloom.failure.ShardloomException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.metamodel.mapping.SelectableConsumer;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.metamodel.mapping.TableDetails;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.spi.NavigablePath;
import org.hibernate.sql.ast.tree.from.TableReference;
import org.hibernate.sql.results.graph.AssemblerCreationState;
import org.hibernate.sql.results.graph.DomainResult;
import org.hibernate.sql.results.graph.DomainResultAssembler;
import org.hibernate.sql.results.graph.DomainResultCreationState;
import org.hibernate.sql.results.graph.InitializerParent;
import org.hibernate.sql.results.jdbc.spi.RowProcessingState;
import org.hibernate.type.descriptor.java.JavaType;
import org.jspecify.annotations.Nullable;

/**
 * A table whose rows Hibernate locks after it has loaded them. Hibernate reads the id of each row it has locked, and does
 * not know how to where the id has several columns.
 *
 * @param table Hibernate's own description
 * @param persister of the entity
 */
record LockedTable(TableDetails table, EntityPersister persister) implements TableDetails {
    /** Returns a table in the form that can be locked. */
    static TableDetails of(TableDetails table, EntityPersister persister) {
        return persister.getIdentifierMapping() instanceof CompositeIdentifierMapping
                ? new LockedTable(table, persister)
                : table;
    }

    @Override
    public String getTableName() {
        return table.getTableName();
    }

    @Override
    public boolean isIdentifierTable() {
        return table.isIdentifierTable();
    }

    @Override
    public KeyDetails getKeyDetails() {
        return new CompositeId(
                table.getKeyDetails(),
                ((CompositeIdentifierMapping) persister.getIdentifierMapping()).getMappedIdEmbeddableTypeDescriptor(),
                persister);
    }

    private record CompositeId(KeyDetails key, EmbeddableMappingType id, EntityPersister persister)
            implements KeyDetails {
        @Override
        public int getColumnCount() {
            return key.getColumnCount();
        }

        @Override
        public List<? extends KeyColumn> getKeyColumns() {
            return key.getKeyColumns();
        }

        @Override
        public KeyColumn getKeyColumn(int position) {
            return key.getKeyColumn(position);
        }

        @Override
        public void forEachKeyColumn(KeyColumnConsumer consumer) {
            key.forEachKeyColumn(consumer);
        }

        @Override
        public void breakDownKeyJdbcValues(
                Object value, KeyValueConsumer consumer, SharedSessionContractImplementor session) {
            key.breakDownKeyJdbcValues(value, consumer, session);
        }

        @Override
        public int getJdbcTypeCount() {
            return key.getJdbcTypeCount();
        }

        @Override
        public SelectableMapping getSelectable(int position) {
            return key.getSelectable(position);
        }

        @Override
        public int forEachSelectable(int offset, SelectableConsumer consumer) {
            return key.forEachSelectable(offset, consumer);
        }

        @Override
        @SuppressWarnings("unchecked") // the id is of the type that the caller expects
        public <K> DomainResult<K> createDomainResult(
                NavigablePath path,
                TableReference reference,
                @Nullable String variable,
                DomainResultCreationState creation) {
            for (int i = 0; i < id.getNumberOfAttributeMappings(); i++) {
                if (!(id.getAttributeMapping(i) instanceof BasicValuedModelPart)) {
                    throw new ShardloomException("Cannot lock " + persister.getEntityName() + " as it is loaded: "
                            + id.getAttributeMapping(i).getAttributeName() + " of its id is not a plain value, and its"
                            + " rows are in several tables. Load it, and call lock(entity, mode).");
                }
            }
            var state = creation.getSqlAstCreationState();
            var resolver = state.getSqlExpressionResolver();
            var types = state.getCreationContext().getTypeConfiguration();
            var parts = new ArrayList<Part>();
            key.forEachKeyColumn((index, column) -> {
                var type = column.getJdbcMapping();
                var selected = resolver.resolveSqlSelection(
                        resolver.resolveSqlExpression(reference, column), type.getJdbcJavaType(), null, types);
                parts.add(new Part(selected.getValuesArrayPosition(), type));
            });
            return (DomainResult<K>) new ReadId(id, parts);
        }
    }

    /** One column of an id, and where the row has it. */
    private record Part(int position, JdbcMapping type) {}

    /** Puts an id together from its columns. */
    private record ReadId(EmbeddableMappingType id, List<Part> parts)
            implements DomainResult<Object>, DomainResultAssembler<Object> {
        @Override
        public @Nullable String getResultVariable() {
            return null;
        }

        @Override
        @SuppressWarnings("unchecked")
        public JavaType<Object> getResultJavaType() {
            return (JavaType<Object>) id.getMappedJavaType();
        }

        @Override
        public JavaType<Object> getAssembledJavaType() {
            return getResultJavaType();
        }

        @Override
        public void collectValueIndexesToCache(BitSet indexes) {
            parts.forEach(part -> indexes.set(part.position));
        }

        @Override
        public DomainResultAssembler<Object> createResultAssembler(
                @Nullable InitializerParent<?> parent, AssemblerCreationState creation) {
            return this;
        }

        @Override
        public Object assemble(RowProcessingState row) {
            var values = parts.stream()
                    .map(part -> part.type.convertToDomainValue(row.getJdbcValue(part.position)))
                    .toArray();
            return id.getRepresentationStrategy().getInstantiator().instantiate(() -> values);
        }
    }
}
