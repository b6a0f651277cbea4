package io.shardloom.hibernate.differential;

import io.shardloom.hibernate.differential.Model.Client;
import io.shardloom.hibernate.differential.Model.Item;
import io.shardloom.hibernate.differential.Model.Land;
import io.shardloom.hibernate.differential.Model.Measure;
import io.shardloom.hibernate.differential.Model.Purchase;
import jakarta.persistence.Tuple;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import org.hibernate.Hibernate;

/** Writes results so that equal texts mean equal classes, values and scales. */
final class Values {
    private Values() {}

    static String text(Object value) {
        if (value == null) {
            return "null";
        }
        var real = Hibernate.unproxy(value);
        if (real instanceof Client client) {
            return "Client " + client.id + " " + client.name;
        }
        if (real instanceof Purchase purchase) {
            return "Purchase " + purchase.clientId + " " + purchase.id + " " + purchase.total
                    + (Hibernate.isInitialized(purchase.items) ? " " + texts(purchase.items, true) : "")
                    + (Hibernate.isInitialized(purchase.tags) ? " " + texts(purchase.tags, true) : "");
        }
        if (real instanceof Item item) {
            return "Item " + item.clientId + " " + item.number + " " + item.price;
        }
        if (real instanceof Land land) {
            return "Land " + land.code + " " + land.name;
        }
        if (real instanceof Measure measure) {
            return "Measure " + measure.id + " " + measure.degrees;
        }
        if (real instanceof Tuple tuple) {
            return "Tuple" + text(tuple.toArray());
        }
        if (real instanceof Map<?, ?> map) {
            return "Map"
                    + map.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
                            .sorted()
                            .toList();
        }
        if (real instanceof Collection<?> list) {
            return texts(list, false);
        }
        if (real.getClass().isArray()) {
            var parts = new ArrayList<String>();
            for (int i = 0; i < Array.getLength(real); i++) {
                parts.add(text(Array.get(real, i)));
            }
            return parts.toString();
        }
        return real.getClass().getSimpleName() + ":" + real;
    }

    private static String texts(Collection<?> values, boolean anyOrder) {
        var texts = values.stream().map(Values::text);
        return (anyOrder ? texts.sorted() : texts).toList().toString();
    }
}
