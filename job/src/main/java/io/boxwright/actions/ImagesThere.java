package io.boxwright.actions;

/**
 * What a run has before a job makes more of its images.
 *
 * @param planned images of the whole run
 * @param done those of them that are there, failed ones included
 * @param failed those of them whose status is {@code error}
 */
record ImagesThere(long planned, long done, long failed) {}
