/**
 * Images from prompts in Spark: a table of prompts in, a table of images out ({@link
 * io.boxwright.udf.generate.GuidedImageGenerator}).
 */
package io.boxwright.udf.generate;
