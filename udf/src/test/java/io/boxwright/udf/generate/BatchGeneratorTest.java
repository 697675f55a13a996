package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.BatchShape;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.PromptValues;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.StubPipeline;
import io.boxwright.udf.counters.GenerationCounters;
import io.boxwright.udf.executor.LoadedPipeline;
import io.boxwright.udf.table.ImageOutcome;
import io.boxwright.udf.table.ImageRequest;
import io.boxwright.udf.table.PromptRow;
import io.boxwright.udf.table.Seeding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The calls of a pipeline, and the outcomes of rows when it fails. */
class BatchGeneratorTest {

  private static SparkContext context;

  private final List<List<String>> batches = new ArrayList<>();

  @BeforeAll
  static void startSpark() {
    context = new SparkContext(LocalSpark.conf());
  }

  @AfterAll
  static void stopSpark() {
    context.stop();
  }

  private LoadedPipeline pipeline(Consumer<List<GenerationRequest>> beforeBatch) {
    StubPipeline stub =
        new StubPipeline(
            requests -> {
              batches.add(requests.stream().map(BatchGeneratorTest::name).toList());
              beforeBatch.accept(requests);
            });
    return new LoadedPipeline(stub, Device.cpu());
  }

  private static String name(GenerationRequest request) {
    return request.isPadding() ? "-" : request.prompt();
  }

  private static BatchGenerator generator(LoadedPipeline pipeline, BatchShape shape) {
    return generator(pipeline, shape, BatchSize.of(4));
  }

  private static BatchGenerator generator(
      LoadedPipeline pipeline, BatchShape shape, BatchSize batchSize) {
    return new BatchGenerator(
        pipeline,
        GenerationOptions.defaults().withBatchShape(shape),
        BackwardGuidance.paper(),
        Optional.empty(),
        batchSize,
        new Watchdog(Duration.ZERO),
        new GenerationCounters(context));
  }

  private static List<ImageOutcome> generate(BatchGenerator generator, String... prompts) {
    return generator.generate(Stream.of(prompts).map(BatchGeneratorTest::image).toList());
  }

  private static ImageRequest image(String prompt) {
    PromptRow row =
        new PromptRow(
            prompt,
            new PromptValues(prompt, null, 1, List.of(), List.of(), List.of()),
            0,
            Map.of());
    return new ImageRequest(null, row, 0, 1, Seeding.IMAGE, null);
  }

  @Test
  void whatIsNotWantedKeepsItsPlace() {
    ImageRequest unwanted =
        new ImageRequest(null, image("a").prompt(), 0, 1, Seeding.IMAGE, List.of());

    List<ImageOutcome> outcomes =
        generator(pipeline(requests -> {}), BatchShape.FIXED)
            .generate(List.of(unwanted, image("b")));

    assertThat(batches).containsExactly(List.of("-", "b"));
    assertThat(outcomes.get(0)).isNull();
    assertThat(outcomes.get(1).image()).isNotNull();
  }

  @Test
  void refusedRowsKeepTheirPlaceInAFixedBatch() {
    List<ImageOutcome> outcomes =
        generate(generator(pipeline(requests -> {}), BatchShape.FIXED), "a", "", "c");

    assertThat(batches).containsExactly(List.of("a", "-", "c"));
    assertThat(outcomes).hasSize(3);
    assertThat(outcomes).extracting(ImageOutcome::refused).containsExactly(false, true, false);
    assertThat(outcomes.get(2).image()).isNotNull();
  }

  @Test
  void aShrinkingBatchHasItsRowsAlone() {
    List<ImageOutcome> outcomes =
        generate(generator(pipeline(requests -> {}), BatchShape.SHRINKING), "a", "", "c");

    assertThat(batches).containsExactly(List.of("a", "c"));
    assertThat(outcomes.get(2).image()).isNotNull();
  }

  @Test
  void aBatchWithoutGoodRowsIsNotTried() {
    generate(generator(pipeline(requests -> {}), BatchShape.FIXED), "", "");

    assertThat(batches).isEmpty();
  }

  @Test
  void aFailingBatchIsHalvedUntilOnlyTheCulpritIsLost() {
    List<ImageOutcome> outcomes =
        generate(generator(pipeline(requests -> {}), BatchShape.FIXED), "a", "b", "explode", "d");

    assertThat(batches)
        .containsExactly(
            List.of("a", "b", "explode", "d"),
            List.of("a", "b", "-", "-"),
            List.of("-", "-", "explode", "d"),
            List.of("-", "-", "explode", "-"),
            List.of("-", "-", "-", "d"));
    assertThat(outcomes)
        .extracting(ImageOutcome::error)
        .containsExactly(null, null, "java.lang.IllegalStateException: boom", null);
    assertThat(outcomes.get(2).refused()).isFalse();
  }

  @Test
  void whatDoesNotFitIntoMemoryIsMadeInHalvesFromThenOn() {
    LoadedPipeline small = pipeline(requests -> requireAtMost(2, requests));
    BatchGenerator generator = generator(small, BatchShape.FIXED);

    List<ImageOutcome> outcomes = generate(generator, "a", "b", "c");
    generate(generator(small, BatchShape.FIXED), "d");

    assertThat(batches)
        .containsExactly(List.of("a", "b", "c"), List.of("a", "b"), List.of("c"), List.of("d"));
    assertThat(outcomes).extracting(ImageOutcome::error).containsOnlyNulls();
    assertThat(outcomes.get(0).image().warnings())
        .containsExactly(
            "Made in a batch of 2 rows, not 3, because memory was too small: bytes may differ");
  }

  @Test
  void anAutomaticBatchIsHalvedInSilence() {
    LoadedPipeline small = pipeline(requests -> requireAtMost(2, requests));

    List<ImageOutcome> outcomes =
        generate(generator(small, BatchShape.FIXED, BatchSize.AUTO), "a", "b", "c");
    generate(generator(small, BatchShape.FIXED, BatchSize.AUTO), "d");

    assertThat(batches)
        .containsExactly(List.of("a", "b", "c"), List.of("a", "b"), List.of("c"), List.of("d"));
    assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome.image().warnings()).isEmpty());
  }

  @Test
  void aPipelineFreesWhatItKeepsBeforeABatchIsHalved() {
    AtomicBoolean kept = new AtomicBoolean(true);
    StubPipeline stub =
        new StubPipeline(
            requests -> {
              batches.add(requests.stream().map(BatchGeneratorTest::name).toList());
              requireAtMost(kept.get() ? 1 : 2, requests);
            }) {
          @Override
          public boolean freeMemory() {
            return kept.getAndSet(false);
          }
        };
    LoadedPipeline small = new LoadedPipeline(stub, Device.cpu());

    List<ImageOutcome> outcomes = generate(generator(small, BatchShape.FIXED), "a", "b");

    assertThat(batches).containsExactly(List.of("a", "b"), List.of("a", "b"));
    assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome.image().warnings()).isEmpty());
  }

  @Test
  void aRowThatDoesNotFitAloneFails() {
    List<ImageOutcome> outcomes =
        generate(
            generator(pipeline(requests -> requireAtMost(0, requests)), BatchShape.FIXED),
            "a",
            "b");

    assertThat(batches).extracting(List::size).containsExactly(2, 1, 1);
    assertThat(outcomes)
        .allSatisfy(outcome -> assertThat(outcome.error()).contains("out of memory"));
  }

  private static void requireAtMost(int rows, List<GenerationRequest> requests) {
    if (requests.size() > rows) {
      throw new EngineException("CUDA out of memory. Tried to allocate 2 GiB");
    }
  }
}
