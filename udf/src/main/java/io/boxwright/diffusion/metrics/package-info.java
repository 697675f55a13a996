/** Numbers out of stored attention maps; no model and no Spark. */
package io.boxwright.diffusion.metrics;
