package io.boxwright.job.output;

import io.boxwright.job.output.RunRecord.Attempt;
import io.boxwright.job.output.RunRecord.State;
import io.boxwright.udf.counters.GenerationMonitor;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The counts of a driver's monitor, in the form of {@code run.json}. */
record AttemptCounts(
    long images,
    long failed,
    long refused,
    long nsfw,
    Map<String, Double> stageSeconds,
    Long peakDeviceBytes,
    Long peakHostBytes,
    List<String> loads,
    Map<String, Long> errors) {

  private static final int MOST_ERRORS = 10;

  /** Returns the counts so far; all are zero or empty as long as there is no monitor. */
  static AttemptCounts of(Optional<GenerationMonitor> monitor) {
    return monitor
        .map(AttemptCounts::of)
        .orElse(new AttemptCounts(0, 0, 0, 0, Map.of(), null, null, List.of(), Map.of()));
  }

  private static AttemptCounts of(GenerationMonitor monitor) {
    return new AttemptCounts(
        monitor.images(),
        monitor.failed(),
        monitor.refused(),
        monitor.unsafe(),
        toSeconds(monitor),
        box(monitor.peakDeviceBytes()),
        box(monitor.peakHostBytes()),
        monitor.loads(),
        findCommonest(monitor.errors()));
  }

  /** Returns the attempt with these counts. */
  Attempt toAttempt(State state, String error, LockHolder driver, Instant started, String now) {
    double seconds = Duration.between(started, Instant.parse(now)).toMillis() / 1000.0;
    return new Attempt(
        state,
        error,
        driver.application(),
        driver.host(),
        driver.process().pid(),
        started.toString(),
        now,
        images,
        failed,
        refused,
        nsfw,
        images / Math.max(seconds, 0.001),
        stageSeconds,
        peakDeviceBytes,
        peakHostBytes,
        loads,
        errors);
  }

  private static Map<String, Double> toSeconds(GenerationMonitor monitor) {
    Map<String, Double> seconds = new TreeMap<>();
    monitor
        .stages()
        .forEach(
            (stage, time) ->
                seconds.put(stage.name().toLowerCase(Locale.ROOT), time.toMillis() / 1000.0));
    return seconds;
  }

  private static Map<String, Long> findCommonest(Map<String, Long> errors) {
    Map<String, Long> commonest = new LinkedHashMap<>();
    errors.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(MOST_ERRORS)
        .forEach(entry -> commonest.put(entry.getKey(), entry.getValue()));
    return commonest;
  }

  private static Long box(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }
}
