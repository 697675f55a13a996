/** Measures how fast a pipeline is on this machine, stage by stage. Needs no Spark. */
package io.boxwright.job.benchmark;
