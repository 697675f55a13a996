/**
 * Files of layout benchmarks, made into prompt tables. {@link
 * io.boxwright.job.importing.ImportLayouts} is the whole way: a {@link
 * io.boxwright.job.importing.LayoutFormat} reads files into {@link
 * io.boxwright.job.importing.Layout}s, {@link io.boxwright.job.importing.PromptRows} makes them
 * rows of a prompt table, and {@link io.boxwright.job.importing.PromptTableWriter} writes these.
 * They need no Spark session and no model.
 */
package io.boxwright.job.importing;
