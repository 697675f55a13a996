/** The output folder of a run: its plan, chunks, lock, manifest and record. */
package io.boxwright.job.output;
