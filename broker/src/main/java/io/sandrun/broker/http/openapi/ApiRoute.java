package io.sandrun.broker.http.openapi;

/**
 * One line of the routes.
 *
 * @param verb in upper case
 * @param path with its parameters in braces, those that have slashes in angle brackets
 * @param role that an API key needs for it where there are keys; empty where nobody is asked
 */
public record ApiRoute(String verb, String path, String role) {
    /** By which its description is found. */
    String name() {
        return verb + " " + path();
    }
}
