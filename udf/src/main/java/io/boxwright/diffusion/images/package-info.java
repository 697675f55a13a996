/**
 * Images: their decoding, their encoding as PNG, and boxes drawn on them. This package knows
 * nothing of models and Spark.
 */
package io.boxwright.diffusion.images;
