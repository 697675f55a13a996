package io.boxwright.udf.ml;

import ai.djl.spark.task.BasePredictor;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.udf.generate.GuidedImageGenerator;
import io.boxwright.udf.table.PromptSchema;
import io.boxwright.udf.table.PromptTables;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import scala.collection.Iterator;
import scala.collection.JavaConverters;

/**
 * A predictor of DJL's Spark extension that turns a table of prompts into a table of images.
 *
 * <p>Its siblings load a model for every task. This one hands each partition to the pipelines of
 * the executor, so each device loads the model once and keeps it. Therefore only the params {@code
 * modelUrl} and {@code batchSize} count here; those of the engine, the classes, the translator and
 * the batchifier belong to the loader of the siblings. The other settings are those of a {@link
 * GuidedImageTransformer}.
 */
public final class ImageGenerator extends BasePredictor<GenerationRequest, GeneratedImage> {

  private static final long serialVersionUID = 1;

  private final GuidedImageTransformer settings;
  private MapPartitionsFunction<Row, Row> task; // null before the first transform

  /**
   * Makes a predictor.
   *
   * @param settings the settings of all images; {@code modelUrl} and {@code batchSize} of the
   *     predictor come first where they are set
   */
  public ImageGenerator(GuidedImageTransformer settings) {
    this(Identifiable.randomUID("ImageGenerator"), settings);
  }

  private ImageGenerator(String uid, GuidedImageTransformer settings) {
    super(uid);
    this.settings = settings;
    setDefault(inputClass(), GenerationRequest.class);
    setDefault(outputClass(), GeneratedImage.class);
    setDefault(translatorFactory(), null);
  }

  /**
   * Returns the images of a table of prompts, lazily.
   *
   * @throws IllegalArgumentException naming the param or the column of the prompts that is wrong
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the part of the model that
   *     cannot be read
   */
  public Dataset<Row> generate(Dataset<?> prompts) {
    return transform(prompts);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> prompts) {
    Dataset<Row> marked = PromptTables.markInvalidText(prompts.toDF());
    task = makeGenerator().makeTask(marked);
    return super.transform(marked);
  }

  @Override
  public Iterator<Row> transformRows(Iterator<Row> prompts) {
    try {
      return JavaConverters.asScalaIterator(task.call(JavaConverters.asJavaIterator(prompts)));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // Spark's interface declares it
      throw new IllegalStateException("Images cannot be made: " + e.getMessage(), e);
    }
  }

  @Override
  public void validateInputType(StructType prompts) {
    PromptSchema.of(prompts);
  }

  @Override
  public StructType transformSchema(StructType prompts) {
    return makeGenerator().imageColumns(prompts);
  }

  @Override
  public ImageGenerator copy(ParamMap extra) {
    return copyValues(new ImageGenerator(uid(), settings), extra);
  }

  private GuidedImageGenerator makeGenerator() {
    GuidedImageTransformer stage = settings.copy(ParamMap.empty());
    if (isSet(modelUrl())) {
      stage.setModelUrl(getOrDefault(modelUrl()));
    }
    if (isSet(batchSize())) {
      stage.setBatchSize((Integer) getOrDefault(batchSize()));
    }
    return stage.makeGenerator();
  }
}
