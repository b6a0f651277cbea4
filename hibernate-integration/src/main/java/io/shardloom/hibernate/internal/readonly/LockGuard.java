package io.shardloom.hibernate.internal.readonly;

import org.hibernate.event.spi.LoadEvent;
import org.hibernate.event.spi.LoadEventListener;
import org.hibernate.event.spi.LockEvent;
import org.hibernate.event.spi.LockEventListener;
import org.hibernate.event.spi.RefreshContext;
import org.hibernate.event.spi.RefreshEvent;
import org.hibernate.event.spi.RefreshEventListener;

/**
 * Refuses the locks that callers ask of a read-only session. PostgreSQL would refuse them too, and Hibernate's
 * {@code find} would take that for a row that is not there.
 */
final class LockGuard implements LoadEventListener, LockEventListener, RefreshEventListener {
    private static final long serialVersionUID = 1L;

    @Override
    public void onLoad(LoadEvent event, LoadType type) {
        ReadOnlyWork.refuseLock(event.getSession(), event.getLockOptions(), event.getEntityClassName());
    }

    @Override
    public void onLock(LockEvent event) {
        ReadOnlyWork.refuseLock(
                event.getSession(), event.getLockOptions(), event.getSession().bestGuessEntityName(event.getObject()));
    }

    @Override
    public void onRefresh(RefreshEvent event) {
        ReadOnlyWork.refuseLock(
                event.getSession(), event.getLockOptions(), event.getSession().bestGuessEntityName(event.getObject()));
    }

    @Override
    public void onRefresh(RefreshEvent event, RefreshContext refreshedAlready) {
        onRefresh(event);
    }
}
