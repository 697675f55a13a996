/**
 * The pipeline as a model of DJL, through DJL's service interfaces: an engine of the name {@code
 * Boxwright} opens diffusers folders, and one call of {@code Predictor.batchPredict} is one guided
 * batch.
 *
 * <pre>{@code
 * Criteria<GenerationRequest, GeneratedImage> criteria =
 *     Criteria.builder()
 *         .setTypes(GenerationRequest.class, GeneratedImage.class)
 *         .optModelPath(folder)
 *         .optEngine("Boxwright")
 *         .optTranslatorFactory(new GeneratedImageTranslatorFactory())
 *         .optArgument("num_inference_steps", 20)
 *         .build();
 * try (ZooModel<GenerationRequest, GeneratedImage> model = criteria.loadModel();
 *     Predictor<GenerationRequest, GeneratedImage> predictor = model.newPredictor()) {
 *   List<GeneratedImage> images = predictor.batchPredict(requests);
 * }
 * }</pre>
 *
 * <p>Nothing here needs Spark.
 */
package io.boxwright.djl;
