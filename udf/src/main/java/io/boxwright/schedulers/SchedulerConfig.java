package io.boxwright.schedulers;

/** Placeholder: the record of {@code scheduler_config.json}. */
public record SchedulerConfig() {}
