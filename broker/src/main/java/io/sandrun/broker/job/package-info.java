/** The life of a job: its transitions, those who wait for its end, and what is shown of it. */
@NullMarked
package io.sandrun.broker.job;

import org.jspecify.annotations.NullMarked;
