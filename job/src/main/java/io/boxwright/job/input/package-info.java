/**
 * Prompt tables: their Parquet files, columns whose types differ between files, and the order of
 * rows. Also checks of Spark's settings and version before the first task.
 */
package io.boxwright.job.input;
