package io.sandrun.runtime;

import io.sandrun.runtime.linux.Descriptor;
import java.io.IOException;

/**
 * The one way out of a sandbox that has no network: a listener on its own loopback that the agent holds, and what the
 * agent does with those who connect there. See decision 11.
 */
public interface Door {
    /** Where programs in the sandbox find it: 127.0.0.1 and this port, which is a common one of web proxies. */
    int PORT = 3128;

    /** A door that is open; closing it ends every connection. */
    interface Opening extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Lets in who connects, on threads of its own, until it is closed.
     *
     * @param listener non-blocking, of the sandbox's network; closed by whoever opened the door
     */
    Opening open(Descriptor listener) throws IOException;
}
