/** Pictures: PNG and boxes drawn on them. Knows nothing of models and of Spark. */
package io.boxwright.diffusion.images;
