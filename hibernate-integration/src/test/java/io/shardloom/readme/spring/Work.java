package io.shardloom.readme.spring;

import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Work in each kind of transaction. */
@Component
class Work {
    @Transactional
    public <T> T writing(Supplier<T> work) {
        return work.get();
    }

    @Transactional(readOnly = true)
    public <T> T reading(Supplier<T> work) {
        return work.get();
    }

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public <T> T newWriting(Supplier<T> work) {
        return work.get();
    }

    @Transactional(propagation = Propagation.REQUIRES_NEW, readOnly = true)
    public <T> T newReading(Supplier<T> work) {
        return work.get();
    }

    @Transactional(propagation = Propagation.SUPPORTS, readOnly = true)
    public <T> T supporting(Supplier<T> work) {
        return work.get();
    }
}
