/**
 * Reads prompt tables: finds their Parquet files, brings columns of different types together, and
 * gives rows an order. Also checks Spark's settings and version before the first task.
 */
package io.boxwright.job.input;
