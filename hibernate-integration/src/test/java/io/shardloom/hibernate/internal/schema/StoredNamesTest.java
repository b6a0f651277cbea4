package io.shardloom.hibernate.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.hibernate.mapping.Column;
import org.junit.jupiter.api.Test;

class StoredNamesTest {
    @Test
    void foldsAsPostgresqlDoes() {
        assertThat(StoredNames.of(new Column("CustomerId"))).isEqualTo("customerid");
        assertThat(StoredNames.of(new Column("`CustomerId`"))).isEqualTo("CustomerId");
        assertThat(StoredNames.of(new Column("ÄreaNr"))).isEqualTo("Äreanr");
    }
}
