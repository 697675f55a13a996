package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.detection.DetectorFactory;
import io.boxwright.diffusion.detection.DetectorOptions;
import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.testing.DetectorFixtures;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.ModelCopy;
import io.boxwright.testing.PipelineWithoutModel;
import io.boxwright.testing.StubPipeline;
import io.boxwright.udf.executor.DetectorSpec;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.executor.PipelineLoader;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that change under the same name, with pipelines that remember their model. */
class ModelChangeTest {

  private static final String CONFIG = "scheduler/scheduler_config.json";

  private static SparkSession spark;

  @TempDir private Path folder;

  private Path model;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.session();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @BeforeEach
  void copyModel() throws Exception {
    model = ModelCopy.of(Fixtures.sd1(), folder.resolve("model")).folder();
    Loader.PIPELINES.clear();
    DetectorLoader.DETECTORS.clear();
    Loader.writeWhileLoading = null;
  }

  /** A loader of pipelines that remember the scheduler's file; it counts those that are closed. */
  static final class Loader implements PipelineLoader {

    private static final long serialVersionUID = 1;
    static final List<Pipeline> PIPELINES = Collections.synchronizedList(new ArrayList<>());
    static Path writeWhileLoading;

    @Override
    public ImagePipeline load(Path folder, PretrainedOptions options) {
      try {
        Pipeline pipeline = new Pipeline(Files.readString(folder.resolve(CONFIG)));
        PIPELINES.add(pipeline);
        if (writeWhileLoading != null) {
          Files.writeString(writeWhileLoading, "{}");
        }
        return pipeline;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A pipeline that cannot be used after it is closed. */
  static final class Pipeline extends PipelineWithoutModel {

    final String config;
    volatile boolean used;
    volatile boolean closed;
    private final StubPipeline stub = new StubPipeline();

    Pipeline(String config) {
      this.config = config;
    }

    @Override
    public List<GeneratedImage> generate(
        List<GenerationRequest> requests, GenerationOptions options, Guidance guidance) {
      used = true;
      List<GeneratedImage> images = stub.generate(requests, options, guidance);
      if (closed) {
        throw new IllegalStateException("closed while a task used it");
      }
      return images;
    }

    @Override
    public void close() {
      assertThat(closed).isFalse();
      closed = true;
    }
  }

  /** A factory of detectors that remember their options. */
  static final class DetectorLoader implements DetectorFactory {

    private static final long serialVersionUID = 1;
    static final List<Detector> DETECTORS = Collections.synchronizedList(new ArrayList<>());

    @Override
    public String name() {
      return "blind";
    }

    @Override
    public ObjectDetector load(DetectorOptions options) {
      Detector detector = new Detector(options);
      DETECTORS.add(detector);
      return detector;
    }
  }

  /** A detector that finds nothing and cannot be used after it is closed. */
  static final class Detector implements ObjectDetector {

    final DetectorOptions options;
    volatile boolean closed;

    Detector(DetectorOptions options) {
      this.options = options;
    }

    @Override
    public List<List<Detection>> detect(List<BufferedImage> images, List<List<String>> labels) {
      assertThat(closed).isFalse();
      return images.stream().map(image -> List.<Detection>of()).toList();
    }

    @Override
    public void close() {
      assertThat(closed).isFalse();
      closed = true;
    }
  }

  private GuidedImageGenerator generator(String name) {
    return new GuidedImageGenerator()
        .setModelUrl(name)
        .setModelCache(folder.resolve("cache"))
        .setDeviceType(DeviceType.CPU)
        .setPipelineLoader(new Loader());
  }

  private Dataset<Row> images(String name) {
    return images(name, 1);
  }

  private Dataset<Row> images(String name, int rows) {
    return generator(name)
        .setBatchSize(1)
        .generate(spark.sql("select 'p' prompt, id from range(0, %d, 1, 1)".formatted(rows)));
  }

  private static void assertMade(Dataset<Row> images) {
    assertThat(images.collectAsList())
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row.<String>getAs("status")).isEqualTo("ok"));
  }

  private static void change(Path model) throws IOException {
    Path file = model.resolve(CONFIG);
    Files.writeString(file, Files.readString(file) + " ");
  }

  @Test
  void aModelWhoseContentChangedIsLoadedAnewAndTheOldOneClosed() throws Exception {
    String name = model.toString();
    assertMade(images(name));
    assertMade(images(name));
    assertThat(Loader.PIPELINES).hasSize(1);

    change(model);
    assertMade(images(name));

    assertThat(Loader.PIPELINES)
        .extracting(pipeline -> pipeline.closed)
        .containsExactly(true, false);
    assertThat(Loader.PIPELINES.get(1).config).endsWith(" ");
  }

  @Test
  void aDetectorIsLoadedOnceBesideItsPipelineAndClosedWithIt() throws Exception {
    Dataset<Row> prompts =
        spark.sql(
            "select 'p' prompt, id, array(array(0D, 0D, 1D, 1D)) bboxes, array('p') phrases"
                + " from range(0, 4, 1, 2)");
    Path owl = DetectorFixtures.folder("owlvit");
    GuidedImageGenerator generator =
        generator(model.toString()).setDetector(DetectorSpec.of(new DetectorLoader(), owl));
    assertMade(images(model.toString())); // without a detector, with the same pipeline
    assertThat(DetectorLoader.DETECTORS).isEmpty();

    assertThat(generator.generate(prompts).select("detection.found").collectAsList())
        .hasSize(4)
        .allSatisfy(row -> assertThat(row.getDouble(0)).isZero());
    assertMade(generator.generate(prompts));

    assertThat(Loader.PIPELINES).hasSize(1);
    assertThat(DetectorLoader.DETECTORS).hasSize(1);
    Detector detector = DetectorLoader.DETECTORS.get(0);
    assertThat(detector.options.modelFolder()).contains(owl);
    assertThat(detector.options.device()).isEqualTo(Device.cpu());
    assertThat(generator.monitor().stages()).containsKeys(Stage.DETECT);

    change(model);
    assertMade(images(model.toString()));

    assertThat(Loader.PIPELINES.get(0).closed).isTrue();
    assertThat(detector.closed).isTrue();
  }

  @Test
  void aLinkThatPointsToAnotherModelIsLoadedAnew() throws Exception {
    Path other = ModelCopy.of(model, folder.resolve("other")).folder();
    change(other);
    Path link = Files.createSymbolicLink(folder.resolve("link"), model);
    assertMade(images(link.toString()));

    Files.delete(link);
    Files.createSymbolicLink(link, other);
    assertMade(images(link.toString()));

    assertThat(Loader.PIPELINES)
        .extracting(pipeline -> pipeline.closed)
        .containsExactly(true, false);
  }

  @Test
  void aPipelineIsClosedWhenItsLastTaskEnds() throws Exception {
    String name = model.toString();
    Thread longer = new Thread(() -> assertMade(images(name, 100)));
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    longer.setUncaughtExceptionHandler((thread, e) -> failures.add(e));
    longer.start();
    while (Loader.PIPELINES.isEmpty() || !Loader.PIPELINES.get(0).used) {
      Thread.sleep(20); // while it is loaded, a change would end the task
    }

    change(model);
    assertMade(images(name));

    assertThat(Loader.PIPELINES)
        .extracting(pipeline -> pipeline.closed)
        .containsExactly(false, false);
    assertThat(longer.isAlive()).isTrue();
    longer.join();
    assertThat(failures).isEmpty();
    assertThat(Loader.PIPELINES)
        .extracting(pipeline -> pipeline.closed)
        .containsExactly(true, false);
  }

  @Test
  void aTaskThatFindsAnotherModelThanTheDriverFailsByName() throws Exception {
    Dataset<Row> images = images(model.toString());
    change(model); // after the driver has looked

    assertThatThrownBy(images::collectAsList)
        .rootCause()
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageMatching(
            "Cannot load %s on host %s, which has another model than the driver found: in %s, %s: sha256 [0-9a-f]{12} instead of sha256 [0-9a-f]{12}"
                .formatted(model, InetAddress.getLocalHost().getHostName(), model, CONFIG));
    assertThat(Loader.PIPELINES).isEmpty();
  }

  @Test
  void aTaskThatFindsAnotherDetectorThanTheDriverFailsByName() throws Exception {
    Path owl = ModelCopy.of(DetectorFixtures.folder("owlvit"), folder.resolve("owl")).folder();
    GuidedImageGenerator generator =
        generator(model.toString()).setDetector(DetectorSpec.of(new DetectorLoader(), owl));
    Dataset<Row> prompts = spark.sql("select 'p' prompt");
    Dataset<Row> images = generator.generate(prompts);
    assertMade(images);
    Path weights = owl.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes); // the weights that are loaded already are mapped

    assertThatThrownBy(images::collectAsList)
        .rootCause()
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageMatching(
            "Cannot load %s on host %s, which has another model than the driver found: in %s, model.safetensors: sha256 [0-9a-f]{12} instead of sha256 [0-9a-f]{12}"
                .formatted(owl, InetAddress.getLocalHost().getHostName(), owl));
    assertThatThrownBy(generator.generate(prompts)::collectAsList)
        .rootCause()
        .hasMessageContaining("another model than the driver found");
    assertThat(DetectorLoader.DETECTORS).hasSize(1);

    assertMade(generator.setDetector(DetectorSpec.of(new DetectorLoader(), owl)).generate(prompts));
    assertThat(DetectorLoader.DETECTORS).hasSize(2);
  }

  @Test
  void anEarlierPipelineDoesNotHideIt() throws Exception {
    assertMade(images(model.toString()));
    Dataset<Row> planned = images(model.toString());
    change(model);
    assertMade(images(model.toString()));

    assertThatThrownBy(planned::collectAsList).rootCause().hasMessageContaining(CONFIG);
    assertMade(images(model.toString()));
    assertThat(Loader.PIPELINES).hasSize(2);
  }

  @Test
  void aModelThatIsWrittenOverInItsPlaceIsNotUsedOn() throws Exception {
    Dataset<Row> images = images(model.toString());
    assertMade(images);
    change(model); // mapped weights would change with it

    assertThatThrownBy(images::collectAsList).rootCause().hasMessageContaining(CONFIG);
  }

  @Test
  void aModelThatIsReplacedStaysInUse() throws Exception {
    Dataset<Row> images = images(model.toString());
    assertMade(images);
    Path other = ModelCopy.of(model, folder.resolve("other")).folder();
    change(other);
    Files.move(other.resolve(CONFIG), model.resolve(CONFIG), StandardCopyOption.REPLACE_EXISTING);

    assertMade(images);
    assertThat(Loader.PIPELINES).hasSize(1);
  }

  @Test
  void aModelThatIsWrittenToWhileItIsLoadedIsNotUsed() throws Exception {
    Loader.writeWhileLoading = model.resolve(CONFIG);

    assertThatThrownBy(images(model.toString())::collectAsList)
        .rootCause()
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(CONFIG + " was changed while it was loaded");
    assertThat(Loader.PIPELINES).extracting(pipeline -> pipeline.closed).containsExactly(true);
  }

  @Test
  void anAdditionThatIsWrittenToWhileItIsLoadedIsNotUsed() throws Exception {
    Path lora =
        Files.copy(Fixtures.path("loras/kohya.safetensors"), folder.resolve("l.safetensors"));
    Dataset<Row> images =
        generator(model.toString())
            .setLoras(List.of(lora.toString()))
            .generate(spark.sql("select 'a cat' prompt"));
    Loader.writeWhileLoading = lora;

    assertThatThrownBy(images::collectAsList)
        .rootCause()
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("l.safetensors: sha256 ");
    assertThat(Loader.PIPELINES).extracting(pipeline -> pipeline.closed).containsExactly(true);
  }

  @Test
  void aCopyInTheCacheThatWasTamperedWithIsMadeAgain() throws Exception {
    String uri = "file://" + model;
    Dataset<Row> images = images(uri);
    Path copied = generator(uri).modelFolder().resolve(CONFIG);
    String content = Files.readString(copied);
    FileTime modified = Files.getLastModifiedTime(copied);
    Files.writeString(copied, content.replace("0.00085", "0.00095"));
    Files.setLastModifiedTime(copied, modified);
    assertThat(copied).content().isNotEqualTo(content).hasSameSizeAs(content);

    assertMade(images);

    assertThat(copied).hasContent(content);
    assertThat(Loader.PIPELINES.get(0).config).isEqualTo(content);
  }

  @Test
  void aRunIsHeldToItsModel() throws Exception {
    GuidedImageGenerator generator = generator(model.toString());
    String before = generator.modelFingerprint();
    generator.requireModel(before);
    assertThat(before).matches("[0-9a-f]{64}");
    Dataset<Row> prompts = spark.sql("select 'p' prompt");
    assertMade(generator.generate(prompts));
    change(model);

    assertThatThrownBy(() -> generator.generate(prompts))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage(
            "Model %s has changed since this run began: it is now %.16s, not %.16s",
            model, generator.modelFingerprint(), before);
  }
}
