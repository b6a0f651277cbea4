package io.shardloom.readme;

import io.shardloom.hibernate.ReferenceTable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.NaturalIdCache;

@Entity
@ReferenceTable
@Cache(usage = CacheConcurrencyStrategy.READ_ONLY)
@NaturalIdCache
class Currency {
    @Id
    String code;

    @NaturalId
    String name;
}
