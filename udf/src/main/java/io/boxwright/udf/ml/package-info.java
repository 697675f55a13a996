/**
 * Generation as a stage of Spark ML's pipelines: {@link
 * io.boxwright.udf.ml.GuidedImageTransformer}. Only this package needs {@code spark-mllib}, which
 * every Spark has.
 */
package io.boxwright.udf.ml;
