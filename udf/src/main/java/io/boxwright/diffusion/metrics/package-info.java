/** Scores computed from stored attention maps, without a model and without Spark. */
package io.boxwright.diffusion.metrics;
