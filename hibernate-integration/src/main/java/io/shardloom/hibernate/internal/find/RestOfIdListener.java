package io.shardloom.hibernate.internal.find;

import org.hibernate.event.spi.LoadEvent;
import org.hibernate.event.spi.LoadEventListener;

/** Makes the ids that callers give to {@code find}, {@code getReference} and {@code byId} whole, before anything is looked up. */
final class RestOfIdListener implements LoadEventListener {
    private static final long serialVersionUID = 1L;

    @Override
    public void onLoad(LoadEvent event, LoadType type) {
        var name = event.getEntityClassName();
        var id = event.getEntityId();
        if (name != null
                && id != null
                && event.getFactory().getMappingMetamodel().findEntityDescriptor(name) instanceof KeyedEntity entity) {
            var whole = entity.keyedId().whole(id, event.getSession());
            if (whole != id) {
                event.setEntityId(whole);
            }
        }
    }
}
