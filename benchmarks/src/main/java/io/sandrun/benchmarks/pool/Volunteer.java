package io.sandrun.benchmarks.pool;

import io.sandrun.broker.reputation.Reputation;
import io.sandrun.broker.reputation.Standing;
import io.sandrun.broker.reputation.Verdict;
import java.util.SplittableRandom;

/** A simulated node and what the broker knows of it. One thread. */
final class Volunteer {
    /** What an honest node computes: every simulated job has the same right answer, since nobody looks at it. */
    static final String RIGHT = "right";

    private final Temper temper;
    private final String lie;
    private Reputation reputation = Reputation.NEWCOMER;
    private Standing standing = Standing.NEW;
    private int jobs;
    private int caughtAfterJobs;
    private int barredAfterJobs;
    private int keys = 1;
    private int wrongTaken;
    private int wrongTakenSinceCaught;

    /** @param lie its wrong answer, the same as that of its accomplices */
    Volunteer(Temper temper, String lie) {
        this.temper = temper;
        this.lie = lie;
    }

    /** What it answers to a job that it was handed. */
    String answer(SplittableRandom random) {
        jobs++;
        return temper.lies(standing, random) ? lie : RIGHT;
    }

    void judged(Verdict verdict) {
        if (verdict == Verdict.NONE) {
            return;
        }
        now(verdict.applyTo(reputation, "job"));
        if (verdict == Verdict.REJECTED && caughtAfterJobs == 0) {
            caughtAfterJobs = jobs;
        }
        if (standing == Standing.BARRED) {
            barredAfterJobs = barredAfterJobs == 0 ? jobs : barredAfterJobs;
            if (temper == Temper.RETURNING) {
                keys++;
                now(Reputation.NEWCOMER);
            }
        }
    }

    void failed() {
        now(reputation.failed());
    }

    private void now(Reputation changed) {
        reputation = changed;
        standing = changed.standing();
    }

    /** Notes that an answer of it was believed although it was wrong. */
    void wrongTaken() {
        wrongTaken++;
        wrongTakenSinceCaught += caughtAfterJobs > 0 ? 1 : 0;
    }

    Temper temper() {
        return temper;
    }

    Reputation reputation() {
        return reputation;
    }

    Standing standing() {
        return standing;
    }

    /** Jobs that it had been handed when its first lie was found out; 0 if none was. */
    int caughtAfterJobs() {
        return caughtAfterJobs;
    }

    /** Jobs that it had been handed when it was barred first; 0 if it never was. */
    int barredAfterJobs() {
        return barredAfterJobs;
    }

    /** Keys that it has used. */
    int keys() {
        return keys;
    }

    int wrongAnswersTaken() {
        return wrongTaken;
    }

    /** Those of them that came after it had been found out once. */
    int wrongAnswersTakenSinceCaught() {
        return wrongTakenSinceCaught;
    }
}
