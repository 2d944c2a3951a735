package io.sandrun.node.policy;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The hours of the week in which a machine works, by the clock on its owner's wall: where that is set forward an hour
 * is missing, where it is set back one comes twice. Immutable.
 *
 * @param spans open is who is in one of them; none means always
 */
public record OpenHours(List<Span> spans, ZoneId zone) {
    private static final int DAY_SECONDS = 24 * 3600;

    /** A week, and a day for a span that began before: what has not changed by then never does. */
    private static final int DAYS_AHEAD = 8;

    public OpenHours {
        spans = List.copyOf(spans);
    }

    public static OpenHours always() {
        return new OpenHours(List.of(), ZoneId.systemDefault());
    }

    /**
     * Some hours, on some days of the week.
     *
     * @param days on which it begins
     * @param from seconds after midnight, on the wall
     * @param to likewise, beyond a day where it ends on the next one; it is closed then
     */
    public record Span(Set<DayOfWeek> days, int from, int to) {
        public Span {
            days = Set.copyOf(days);
        }

        private boolean hasBegunOn(LocalDate day, LocalDateTime now) {
            long sinceMidnight = ChronoUnit.SECONDS.between(day.atStartOfDay(), now);
            return days.contains(day.getDayOfWeek()) && from <= sinceMidnight && sinceMidnight < to;
        }

        private Stream<LocalDateTime> edgesOf(LocalDate day) {
            LocalDateTime midnight = day.atStartOfDay();
            return days.contains(day.getDayOfWeek())
                    ? Stream.of(midnight.plusSeconds(from), midnight.plusSeconds(to))
                    : Stream.empty();
        }
    }

    /** A whole day. */
    static Span dayOf(Set<DayOfWeek> days) {
        return new Span(days, 0, DAY_SECONDS);
    }

    /** @param to where it is not after {@code from}, the span ends on the next day */
    static Span spanOf(Set<DayOfWeek> days, int from, int to) {
        return new Span(days, from, to > from ? to : to + DAY_SECONDS);
    }

    public boolean isOpen(Instant now) {
        LocalDateTime wall = LocalDateTime.ofInstant(now, zone);
        LocalDate today = wall.toLocalDate();
        return spans.isEmpty()
                || spans.stream()
                        .anyMatch(span -> span.hasBegunOn(today, wall) || span.hasBegunOn(today.minusDays(1), wall));
    }

    /** When it closes if it is open, or opens if it is closed; empty if that never comes. */
    public Optional<Instant> changesAfter(Instant now) {
        boolean isOpen = isOpen(now);
        LocalDate today = LocalDate.ofInstant(now, zone);
        Stream<Instant> edges = IntStream.rangeClosed(-1, DAYS_AHEAD)
                .mapToObj(today::plusDays)
                .flatMap(day -> spans.stream().flatMap(span -> span.edgesOf(day)))
                .flatMap(this::instantsOf);
        return Stream.concat(edges, clockChangesAfter(now))
                .filter(edge -> edge.isAfter(now))
                .sorted()
                .filter(edge -> isOpen(edge) != isOpen)
                .findFirst();
    }

    /** When the wall shows this: twice where the clock is set back, and where it is set forward as it jumps over it. */
    private Stream<Instant> instantsOf(LocalDateTime wall) {
        ZoneRules rules = zone.getRules();
        ZoneOffsetTransition jump = rules.getTransition(wall);
        return jump != null && jump.isGap()
                ? Stream.of(jump.getInstant())
                : rules.getValidOffsets(wall).stream().map(wall::toInstant);
    }

    /** A clock that is set back may open or close once more what was so before. */
    private Stream<Instant> clockChangesAfter(Instant now) {
        return Stream.iterate(
                        zone.getRules().nextTransition(now),
                        jump -> jump != null && jump.getInstant().isBefore(now.plus(DAYS_AHEAD, ChronoUnit.DAYS)),
                        jump -> zone.getRules().nextTransition(jump.getInstant()))
                .map(ZoneOffsetTransition::getInstant);
    }
}
