package io.boxwright.job.actions;

/**
 * The images that a run has before a job makes more.
 *
 * @param planned the number of images of the whole run
 * @param done the number of images that exist, failed ones included
 * @param failed the number of these whose status is {@code error}
 */
record ImagesThere(long planned, long done, long failed) {}
