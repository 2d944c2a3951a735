package io.sandrun.broker.http.flow;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the header Content-Type says that a body is. */
public final class MediaType {
    /** A form, which may have files. */
    public static final String FORM = "multipart/form-data";

    private MediaType() {}

    /** In lower case and without parameters; empty where the header is absent. */
    public static String of(@Nullable String header) {
        return header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }
}
