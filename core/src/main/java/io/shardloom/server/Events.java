package io.shardloom.server;

import io.shardloom.event.ShardingEvent;
import io.shardloom.event.ShardingListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Hands events to listeners, one after the other, on a thread that is there only while there are any. Thread-safe. */
final class Events implements AutoCloseable {

    private final List<ShardingListener> listeners = new CopyOnWriteArrayList<>();
    private final ThreadPoolExecutor thread;

    Events() {
        thread = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread made = new Thread(task, "shardloom-events");
            made.setDaemon(true);
            return made;
        });
        thread.allowCoreThreadTimeOut(true);
        thread.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy()); // closed
    }

    void add(ShardingListener listener) {
        listeners.add(listener);
    }

    void remove(ShardingListener listener) {
        listeners.remove(listener);
    }

    void tell(ShardingEvent event) {
        if (!listeners.isEmpty()) {
            thread.execute(() -> listeners.forEach(listener -> tell(listener, event)));
        }
    }

    private static void tell(ShardingListener listener, ShardingEvent event) {
        try {
            listener.on(event);
        } catch (RuntimeException e) {
            ServerLog.LOG.listenerFailed(event.toString(), e);
        }
    }

    /** Ends the thread when it has told what has happened so far. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
