package io.shardloom.hibernate.internal.fanout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Elements whose key is a constant: two that have the same one have the same key. What the predicate of an outer join
 * says is known of the joined rows alone, not of rows that are joined to none, so it proves something only beside an
 * element of which every row has the constant.
 */
final class Pins {
    private record Pin(Paths.Key key, Object constant) {}

    private final Proof proof;
    private final Map<Object, Paths.Key> ofAllRows = new HashMap<>();
    private final List<Pin> ofJoinedRows = new ArrayList<>();

    Pins(Proof proof) {
        this.proof = proof;
    }

    /** Returns the pins of a select inside the one of these, which start with what holds of all rows of this one. */
    Pins within(Proof inner) {
        var pins = new Pins(inner);
        pins.ofAllRows.putAll(ofAllRows);
        return pins;
    }

    void add(Paths.Key key, Object constant, boolean ofEveryRow) {
        if (!ofEveryRow) {
            ofJoinedRows.add(new Pin(key, constant));
        } else {
            prove(key, ofAllRows.putIfAbsent(constant, key));
        }
        ofJoinedRows.forEach(pin -> prove(pin.key(), ofAllRows.get(pin.constant())));
    }

    private void prove(Paths.Key key, Paths.@org.jspecify.annotations.Nullable Key other) {
        if (other != null && other.group().equals(key.group())) {
            proof.same(key.from(), other.from());
        }
    }
}
