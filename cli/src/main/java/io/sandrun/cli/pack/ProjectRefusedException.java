package io.sandrun.cli.pack;

import java.io.IOException;

/** A folder that cannot be packed, or an archive that cannot be unpacked there. The message says what to do. */
public final class ProjectRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    ProjectRefusedException(String sentence) {
        super(sentence);
    }
}
