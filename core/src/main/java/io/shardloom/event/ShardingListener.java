package io.shardloom.event;

/** Is told what happens, in the order in which it happens, on a thread of its own. What it throws is logged. */
@FunctionalInterface
public interface ShardingListener {

    /**
     * Takes an event.
     *
     * @param event what has happened
     */
    void on(ShardingEvent event);
}
