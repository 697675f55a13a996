/**
 * Generation of images in Spark. {@link io.boxwright.udf.generate.GuidedImageGenerator} turns a
 * table of prompts into a table of images.
 */
package io.boxwright.udf.generate;
