package io.boxwright.job.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.boxwright.diffusion.layout.BoundingBox;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares all figures with those of src/test/python/figures.py, on the same random images. */
class FiguresFixtureTest {

  private static final JsonNode FIXTURE = read();

  private final FigureCalculator calculator =
      new FigureCalculator(
          new Bootstrap(FIXTURE.get("resamples").asInt(), FIXTURE.get("seed").asLong()));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7bench",
        "c-bench",
        "visor",
        "lmd",
        "coco-mig",
        "nsr-1k",
        "hrs",
        "geneval",
        "coco-ap",
        "clip"
      })
  void figuresAndIntervalsAreThoseOfTheAuthorsDefinitions(String name) {
    BenchmarkFigures result = calculator.calculate(Benchmarks.of(name), readImages(name));

    Map<String, JsonNode> expected = new LinkedHashMap<>();
    FIXTURE.get(name).get("figures").forEach(figure -> expected.put(key(figure), figure));
    assertThat(result.figures())
        .extracting(FiguresFixtureTest::key)
        .containsExactlyInAnyOrderElementsOf(expected.keySet());
    for (Figure figure : result.figures()) {
      JsonNode row = expected.get(key(figure));
      assertThat(figure.value()).as(key(figure)).isCloseTo(number(row, "value"), within(1e-9));
      assertThat(figure.interval().low())
          .as("low end of " + key(figure))
          .isCloseTo(number(row, "low"), within(1e-9));
      assertThat(figure.interval().high())
          .as("high end of " + key(figure))
          .isCloseTo(number(row, "high"), within(1e-9));
    }
  }

  @Test
  void theOrderOfTheImagesDoesNotMatter() {
    List<EvaluatedImage> images = readImages("coco-ap");
    List<EvaluatedImage> shuffled = new ArrayList<>(images);
    Collections.shuffle(shuffled, new Random(1));

    assertThat(calculator.calculate(new AveragePrecision(), shuffled))
        .isEqualTo(calculator.calculate(new AveragePrecision(), images));
  }

  private static String key(Figure figure) {
    return figure.name() + " of " + figure.category();
  }

  private static String key(JsonNode row) {
    return row.get("name").asText() + " of " + text(row.get("category"));
  }

  private static JsonNode read() {
    try (InputStream json = FiguresFixtureTest.class.getResourceAsStream("/figures/figures.json")) {
      return new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<EvaluatedImage> readImages(String name) {
    return list(FIXTURE.get(name).get("images"), FiguresFixtureTest::readImage);
  }

  private static EvaluatedImage readImage(JsonNode image) {
    return new EvaluatedImage(
        image.get("id").asText(),
        image.get("image_index").asInt(),
        "",
        text(image.get("category")),
        ImageStatus.valueOf(image.get("status").asText()),
        list(
            image.get("objects"),
            object ->
                new AskedObject(
                    object.get("phrase").asText(),
                    list(object.get("boxes"), FiguresFixtureTest::readBox))),
        list(image.get("expected"), FiguresFixtureTest::readExpectation),
        list(
            image.get("detections"),
            found ->
                new DetectedObject(
                    found.get("label").asText(),
                    number(found, "score"),
                    readBox(found.get("box")))),
        image.get("width").asInt(),
        image.get("height").asInt(),
        Optional.of(image.get("clip"))
            .filter(scores -> !scores.isNull())
            .map(FiguresFixtureTest::readClip),
        list(
            image.get("colors"),
            share ->
                new ColorShare(
                    readBox(share.get("box")),
                    share.get("color").asText(),
                    number(share, "share"))));
  }

  private static ClipScores readClip(JsonNode scores) {
    return new ClipScores(number(scores, "image"), list(scores.get("boxes"), JsonNode::asDouble));
  }

  private static Expectation readExpectation(JsonNode thing) {
    return new Expectation(
        thing.get("label").asText(),
        integer(thing.get("min_count")),
        integer(thing.get("max_count")),
        text(thing.get("color")),
        thing.get("relation").isNull() ? null : Relation.of(thing.get("relation").asText()),
        integer(thing.get("relative_to")));
  }

  private static BoundingBox readBox(JsonNode box) {
    return new BoundingBox(
        box.get(0).asDouble(), box.get(1).asDouble(), box.get(2).asDouble(), box.get(3).asDouble());
  }

  private static double number(JsonNode node, String name) {
    return node.get(name).asDouble();
  }

  private static String text(JsonNode node) {
    return node.isNull() ? null : node.asText();
  }

  private static Integer integer(JsonNode node) {
    return node.isNull() ? null : node.asInt();
  }

  private static <T> List<T> list(JsonNode array, Function<JsonNode, T> element) {
    List<T> values = new ArrayList<>();
    array.forEach(node -> values.add(element.apply(node)));
    return values;
  }
}
