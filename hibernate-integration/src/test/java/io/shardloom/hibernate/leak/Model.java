package io.shardloom.hibernate.leak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** What one key should see: its rows in plain maps. One thread at a time. */
final class Model {
    static final class Bought {
        String state;
        int total;
        final TreeSet<String> tags = new TreeSet<>();

        Bought(String state, int total) {
            this.state = state;
            this.total = total;
        }
    }

    record Item(UUID purchase, String article) {}

    record Remark(String title, String text) {}

    record Thing(String kind, String title, int number) {}

    final UUID key;
    final Random random;
    final TreeMap<UUID, Bought> purchases = new TreeMap<>();
    final TreeMap<Integer, Item> lines = new TreeMap<>();
    final TreeMap<Integer, Remark> notes = new TreeMap<>();
    final TreeMap<Integer, Thing> papers = new TreeMap<>();
    final TreeMap<Integer, Thing> shapes = new TreeMap<>();
    String name = "";
    String motto = "";
    final List<Integer> answers = new ArrayList<>();

    Model(UUID key, long seed) {
        this.key = key;
        this.random = new Random(seed);
    }

    /** Returns a purchase as {@link Texts#full} writes it. */
    String full(UUID id) {
        return purchases.containsKey(id) ? brief(id) + " " + purchases.get(id).tags + " " + linesOf(id) : "null";
    }

    String brief(UUID id) {
        var bought = purchases.get(id);
        return bought == null ? "null" : key + " " + id + " " + bought.state + " " + bought.total;
    }

    List<String> linesOf(UUID id) {
        var texts = new ArrayList<String>();
        lines.forEach((number, line) -> {
            if (line.purchase().equals(id)) {
                texts.add(line(number));
            }
        });
        return texts;
    }

    String line(int number) {
        var line = lines.get(number);
        return line == null ? "null" : key + " " + number + " " + line.purchase() + " " + line.article();
    }

    String note(int id) {
        var note = notes.get(id);
        return note == null ? "null" : key + " " + id + " " + note.title() + " " + note.text();
    }

    String thing(Map<Integer, Thing> things, int number) {
        var thing = things.get(number);
        return thing == null
                ? "null"
                : key + " " + number + " " + thing.kind() + " " + thing.title() + " " + thing.number();
    }

    String account() {
        return key + " " + name + " " + motto;
    }

    /** Returns all of it, as {@link Texts#everything} writes it. */
    List<String> everything() {
        var all = new ArrayList<String>();
        all.add(account());
        purchases.keySet().forEach(id -> all.add(full(id)));
        lines.keySet().forEach(number -> all.add(line(number)));
        notes.keySet().forEach(id -> all.add(note(id)));
        papers.keySet().forEach(number -> all.add(thing(papers, number)));
        shapes.keySet().forEach(number -> all.add(thing(shapes, number)));
        return all;
    }
}
