/**
 * The figures that papers on layout control report, from detections in generated images: one class
 * for each benchmark. The input and the output are plain records.
 */
package io.boxwright.job.figures;
