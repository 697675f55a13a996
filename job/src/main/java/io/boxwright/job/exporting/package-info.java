/**
 * Datasets for training, made of the images of runs. {@link
 * io.boxwright.job.exporting.CandidateReader} reads the image tables without pixels, {@link
 * io.boxwright.job.exporting.SelectionWriter} chooses images and writes down which ones, {@link
 * io.boxwright.job.exporting.PartWriter} writes the files of some of them in a task, and a {@link
 * io.boxwright.job.exporting.DatasetFormat} says what these files hold.
 */
package io.boxwright.job.exporting;
