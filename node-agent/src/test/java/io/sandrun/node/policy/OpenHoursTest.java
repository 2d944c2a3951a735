package io.sandrun.node.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenHoursTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static OpenHours hours(String... written) {
        return new OpenHours(
                Arrays.stream(written)
                        .map(text -> HoursReader.read(text).orElseThrow())
                        .toList(),
                BERLIN);
    }

    /** 23 November 2026 is a Monday. */
    private static Instant at(String wall) {
        return LocalDateTime.parse("2026-" + wall).atZone(BERLIN).toInstant();
    }

    @ParameterizedTest
    @CsvSource({
        "11-23T17:59:59, false",
        "11-23T18:00, true",
        "11-24T00:00, true",
        "11-24T07:59:59, true",
        "11-24T08:00, false",
        // Friday's night goes on into Saturday, and Saturday is open anyway; Sunday's night is nobody's.
        "11-27T23:00, true",
        "11-28T12:00, true",
        "11-29T23:59:59, true",
        "11-30T00:00, false",
        "11-30T07:00, false",
        "11-30T18:30, true",
    })
    void nights_of_the_week_and_whole_days_of_its_end(String wall, boolean open) {
        assertThat(hours("Mon-Fri 18:00-08:00", "Sat,Sun").isOpen(at(wall))).isEqualTo(open);
    }

    @Test
    void hours_without_a_day_are_of_every_day() {
        assertThat(hours("22:00-06:00").isOpen(at("11-23T05:00"))).isTrue();
        assertThat(hours("22:00-06:00").isOpen(at("11-23T06:00"))).isFalse();
        assertThat(hours("00:00-24:00").isOpen(at("11-23T23:59"))).isTrue();
    }

    @Test
    void days_may_go_over_the_end_of_the_week() {
        assertThat(hours("sat-MON").isOpen(at("11-23T12:00"))).isTrue();
        assertThat(hours("Sat-Mon").isOpen(at("11-24T12:00"))).isFalse();
        assertThat(hours("Sat-Mon").isOpen(at("11-29T12:00"))).isTrue();
    }

    @Test
    void it_tells_when_it_opens_and_closes() {
        OpenHours nights = hours("Mon-Fri 18:00-08:00", "Sat,Sun");
        assertThat(nights.changesAfter(at("11-23T12:00"))).contains(at("11-23T18:00"));
        assertThat(nights.changesAfter(at("11-23T18:00"))).contains(at("11-24T08:00"));
        assertThat(nights.changesAfter(at("11-27T19:00"))).contains(at("11-30T00:00"));
        assertThat(hours("Wed").changesAfter(at("11-26T00:00"))).contains(at("12-02T00:00"));
    }

    @Test
    void what_never_changes_has_no_end() {
        assertThat(hours("Mon-Sun").changesAfter(at("11-23T12:00"))).isEmpty();
        assertThat(hours("00:00-12:00", "12:00-24:00").changesAfter(at("11-23T12:00")))
                .isEmpty();
        assertThat(OpenHours.always().isOpen(Instant.EPOCH)).isTrue();
        assertThat(OpenHours.always().changesAfter(Instant.EPOCH)).isEmpty();
    }

    /** In Berlin the clock went from 2:00 to 3:00 in the night to 29 March 2026. */
    @Test
    void an_hour_that_the_clock_jumps_over_is_missing() {
        OpenHours night = hours("01:00-02:30");
        assertThat(night.changesAfter(Instant.parse("2026-03-29T00:30:00Z")))
                .as("at 1:30, of which the night has half an hour left")
                .contains(Instant.parse("2026-03-29T01:00:00Z"));
        assertThat(hours("02:15-02:45").changesAfter(Instant.parse("2026-03-28T12:00:00Z")))
                .as("that hour does not come on the next day")
                .contains(Instant.parse("2026-03-30T00:15:00Z"));
        assertThat(hours("02:30-04:00").changesAfter(Instant.parse("2026-03-29T00:00:00Z")))
                .contains(Instant.parse("2026-03-29T01:00:00Z"));
    }

    /** It went from 3:00 back to 2:00 in the night to 25 October 2026. */
    @Test
    void an_hour_that_comes_twice_is_open_twice() {
        OpenHours night = hours("02:00-02:30");
        Instant first = Instant.parse("2026-10-25T00:00:00Z");
        assertThat(night.isOpen(first)).isTrue();
        assertThat(night.changesAfter(first)).contains(Instant.parse("2026-10-25T00:30:00Z"));
        assertThat(night.changesAfter(Instant.parse("2026-10-25T00:30:00Z")))
                .contains(Instant.parse("2026-10-25T01:00:00Z"));
        assertThat(night.isOpen(Instant.parse("2026-10-25T01:15:00Z"))).isTrue();
        assertThat(night.isOpen(Instant.parse("2026-10-25T01:30:00Z"))).isFalse();
        assertThat(hours("02:45-05:00").changesAfter(Instant.parse("2026-10-25T00:50:00Z")))
                .as("what had begun is not open when the clock is set back before its beginning")
                .isEqualTo(Optional.of(Instant.parse("2026-10-25T01:00:00Z")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Mo",
                "Mon-",
                "Mon--Fri",
                "Mon-Wed-Fri",
                "Mon,",
                "Mon18:00-20:00",
                "18:00",
                "18-20",
                "18:00-18:00",
                "24:00-06:00",
                "18:60-20:00",
                "25:00-26:00",
                "18:00-24:01",
                "Mon 18:00-20:00 ",
                " Mon",
                "Mon 18:00-20:00, Tue"
            })
    void what_is_no_hours_is_none(String written) {
        assertThat(HoursReader.read(written)).isEmpty();
    }
}
