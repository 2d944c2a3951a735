/** The description of the API that programs read, made of the routes and of the records that they answer. */
@NullMarked
package io.sandrun.broker.http.openapi;

import org.jspecify.annotations.NullMarked;
