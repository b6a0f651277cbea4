package io.shardloom.hibernate.internal.fanout;

import java.util.IdentityHashMap;
import org.hibernate.query.sqm.tree.from.SqmFrom;

/** Which elements of a query are proved to have the same shard key, so that their joined rows are on one node. */
final class Proof {
    private final IdentityHashMap<SqmFrom<?, ?>, SqmFrom<?, ?>> parents;

    Proof() {
        this.parents = new IdentityHashMap<>();
    }

    private Proof(Proof outer) {
        this.parents = new IdentityHashMap<>(outer.parents);
    }

    /** Returns a proof that starts with what this one holds, for a sub-query. */
    Proof within() {
        return new Proof(this);
    }

    void same(SqmFrom<?, ?> a, SqmFrom<?, ?> b) {
        parents.put(find(a), find(b));
    }

    boolean areSame(SqmFrom<?, ?> a, SqmFrom<?, ?> b) {
        return find(a) == find(b);
    }

    private SqmFrom<?, ?> find(SqmFrom<?, ?> element) {
        var at = element;
        while (true) {
            var above = parents.get(at);
            if (above == null || above == at) {
                return at;
            }
            at = above;
        }
    }
}
