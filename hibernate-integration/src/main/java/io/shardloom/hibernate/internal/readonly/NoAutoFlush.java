package io.shardloom.hibernate.internal.readonly;

import org.hibernate.event.internal.DefaultAutoFlushEventListener;
import org.hibernate.event.internal.DefaultPreFlushEventListener;
import org.hibernate.event.service.spi.DuplicationStrategy;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.AutoFlushEvent;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.PreFlushEvent;

/**
 * Keeps Hibernate from looking for changes, and from writing them, before the queries of a read-only session: it does so
 * where entities were set back to modifiable, or new ones are reached by a cascade.
 */
final class NoAutoFlush {
    private NoAutoFlush() {}

    /** Puts itself in the place of Hibernate's own listeners. */
    static void install(EventListenerRegistry listeners) {
        var autoFlush = listeners.getEventListenerGroup(EventType.AUTO_FLUSH);
        autoFlush.addDuplicationStrategy(new InPlaceOf(DefaultAutoFlushEventListener.class));
        autoFlush.appendListener(new AutoFlush());
        var preFlush = listeners.getEventListenerGroup(EventType.PRE_FLUSH);
        preFlush.addDuplicationStrategy(new InPlaceOf(DefaultPreFlushEventListener.class));
        preFlush.appendListener(new PreFlush());
    }

    private static final class AutoFlush extends DefaultAutoFlushEventListener {
        @Override
        public void onAutoFlush(AutoFlushEvent event) {
            if (!ReadOnlyWork.isReadOnly(event.getSession())) {
                super.onAutoFlush(event);
            }
        }
    }

    private static final class PreFlush extends DefaultPreFlushEventListener {
        @Override
        public void onAutoPreFlush(PreFlushEvent event) {
            if (!ReadOnlyWork.isReadOnly(event.getSession())) {
                super.onAutoPreFlush(event);
            }
        }
    }

    private record InPlaceOf(Class<?> hibernates) implements DuplicationStrategy {
        @Override
        public boolean areMatch(Object listener, Object original) {
            return original.getClass() == hibernates && hibernates.isInstance(listener);
        }

        @Override
        public Action getAction() {
            return Action.REPLACE_ORIGINAL;
        }
    }
}
