package io.boxwright.job.actions;

/**
 * The images that a run has before a job makes more.
 *
 * @param planned images of the whole run
 * @param done those of them that are there, failed ones included
 * @param failed those of them whose status is {@code error}
 */
record ImagesThere(long planned, long done, long failed) {}
