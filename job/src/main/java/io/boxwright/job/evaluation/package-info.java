/**
 * The evaluation of images that a run has made: a task reads the images of a chunk, scores them and
 * gives a row for each; the driver computes the figures from these rows.
 */
package io.boxwright.job.evaluation;
