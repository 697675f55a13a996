/** Measurements of a pipeline's speed on this machine, stage by stage. They need no Spark. */
package io.boxwright.job.benchmark;
