package io.shardloom.sample;

import org.jspecify.annotations.Nullable;

/** The sample cannot go on; the message is for its user. */
final class SampleException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SampleException(String message) {
        this(message, null);
    }

    SampleException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
