package io.boxwright.job.exporting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PromptChoiceTest {

  private static final List<ImageBox> ONE_DOG = List.of(box("a dog", 0));

  private static ImageBox box(String phrase, double left) {
    return new ImageBox(phrase, null, left, 0, left + 0.2, 0.5);
  }

  private static ImageBox detection(String phrase, double left) {
    return new ImageBox(phrase, 0.9, left, 0, left + 0.2, 0.5);
  }

  private static Candidate image(
      String id, Double rank, Long hash, List<ImageBox> requested, List<ImageBox> detected) {
    Place place = new Place(0, 1, "chunk-00000.parquet", id, 0);
    String name = id + "_0.png";
    return new Candidate(place, "a prompt", 1, 64, 64, name, true, rank, hash, requested, detected);
  }

  private static Candidate ranked(String id, Double rank) {
    return image(id, rank, null, ONE_DOG, null);
  }

  private static Candidate hashed(String id, Double rank, long hash) {
    return image(id, rank, hash, ONE_DOG, null);
  }

  private static Candidate with(List<ImageBox> requested) {
    return image("image", null, null, requested, null);
  }

  private static Candidate detected(List<ImageBox> requested, List<ImageBox> detected) {
    return image("image", null, null, requested, detected);
  }

  private static ExportSettings settings(
      BoxSource boxes, Treatment negatives, Treatment crowds, Treatment duplicates, Integer best) {
    return settings(LabelMap.PHRASES, boxes, negatives, crowds, duplicates, best);
  }

  private static ExportSettings settings(
      LabelMap labels,
      BoxSource boxes,
      Treatment negatives,
      Treatment crowds,
      Treatment duplicates,
      Integer best) {
    return new ExportSettings(
        "coco",
        labels,
        MissingClasses.DROP,
        boxes,
        "name",
        0.5,
        negatives,
        crowds,
        Splits.ONE,
        null,
        best == null ? null : new BestImages(best, "seed"),
        null,
        duplicates,
        2,
        1000,
        null);
  }

  private static ExportSettings best(int count) {
    return settings(BoxSource.REQUESTED, Treatment.KEEP, Treatment.KEEP, Treatment.DROP, count);
  }

  private static ExportSettings source(BoxSource boxes) {
    return settings(boxes, Treatment.KEEP, Treatment.KEEP, Treatment.KEEP, null);
  }

  private static ExportSettings treating(Treatment negatives, Treatment crowds) {
    return settings(BoxSource.REQUESTED, negatives, crowds, Treatment.KEEP, null);
  }

  private static List<String> choose(ExportSettings settings, Candidate... images) {
    return new PromptChoice(settings)
        .judge(List.of(images)).stream()
            .filter(judged -> judged.refusal() == null)
            .map(judged -> judged.place().id())
            .toList();
  }

  private static JudgedImage judge(ExportSettings settings, Candidate image) {
    return new PromptChoice(settings).judge(List.of(image)).get(0);
  }

  private static List<String> labels(JudgedImage judged) {
    return judged.boxes().stream().map(ClassBox::label).toList();
  }

  @Test
  void theLargestAreTheBestAndEqualOnesComeByTheirPlace() {
    Candidate[] images = {ranked("c", 1.0), ranked("b", 2.0), ranked("a", 1.0), ranked("d", -5.0)};

    assertThat(choose(best(1), images)).containsExactly("b");
    assertThat(choose(best(2), images)).containsExactly("b", "a");
    assertThat(choose(best(9), images)).containsExactly("b", "a", "c", "d");
  }

  @Test
  void imagesWithoutAValueComeLast() {
    Candidate[] images = {
      ranked("a", null), ranked("b", Double.NaN), ranked("c", -Double.MAX_VALUE)
    };

    assertThat(choose(best(1), images)).containsExactly("c");
    assertThat(choose(best(2), images)).containsExactly("c", "a");
  }

  @Test
  void ofImagesThatLookAlikeTheBestOneStays() {
    Candidate[] images = {
      hashed("a", 1.0, 0b000), hashed("b", 2.0, 0b011), hashed("c", 1.0, 0b111)
    };

    assertThat(choose(best(9), images)).containsExactly("b");
    assertThat(choose(best(9), images[0], images[2])).containsExactly("a", "c");
  }

  @Test
  void aRefusedImageTakesNoPlaceAmongTheBest() {
    Candidate[] images = {hashed("a", 3.0, 0), hashed("b", 2.0, 1), hashed("c", 1.0, -1)};

    assertThat(choose(best(2), images)).containsExactly("a", "c");
  }

  @Test
  void negativesAndCrowdsMayBeDropped() {
    Candidate negative = with(List.of());
    Candidate crowd = with(List.of(box("two dogs", 0)));
    Candidate pair = with(List.of(box("two dogs", 0), box("two dogs", 0.5)));

    assertThat(choose(treating(Treatment.KEEP, Treatment.KEEP), negative)).hasSize(1);
    assertThat(judge(treating(Treatment.DROP, Treatment.KEEP), negative).refusal())
        .isEqualTo(Refusal.NO_BOXES);
    assertThat(judge(treating(Treatment.DROP, Treatment.KEEP), crowd).boxes())
        .singleElement()
        .satisfies(box -> assertThat(box.crowd()).isTrue());
    assertThat(judge(treating(Treatment.KEEP, Treatment.DROP), crowd).boxes()).isEmpty();
    assertThat(judge(treating(Treatment.DROP, Treatment.DROP), crowd).refusal())
        .isEqualTo(Refusal.NO_BOXES);
    assertThat(labels(judge(treating(Treatment.KEEP, Treatment.DROP), pair)))
        .containsExactly("dog", "dog");
  }

  @Test
  void matchedBoxesAreThoseOfTheLayoutWithADetectionOfTheirPhrase() {
    Candidate image =
        detected(
            List.of(box("a dog", 0), box("a cat", 0.4), box("a bird", 0.8)),
            List.of(detection("a dog", 0.02), detection("a cat", 0.55), detection("a dog", 0.8)));

    List<ClassBox> boxes = judge(source(BoxSource.MATCHED), image).boxes();

    assertThat(boxes).singleElement().extracting(ClassBox::label).isEqualTo("dog");
    assertThat(boxes.get(0).xMin()).isZero();
    assertThat(boxes.get(0).score()).isNull();
  }

  @Test
  void imagesWithoutAnEvaluationHaveNoDetectedBoxes() {
    Stream.of(BoxSource.DETECTED, BoxSource.MATCHED)
        .forEach(
            boxes ->
                assertThat(judge(source(boxes), detected(ONE_DOG, null)).refusal())
                    .isEqualTo(Refusal.NOT_EVALUATED));
    assertThat(judge(source(BoxSource.DETECTED), detected(ONE_DOG, List.of())).boxes()).isEmpty();
  }

  @Test
  void phrasesThatALabelMapLacksAreNamed() {
    LabelMap map = new LabelMap("map.json", Map.of("dog", "animal"));
    ExportSettings settings =
        settings(map, BoxSource.REQUESTED, Treatment.KEEP, Treatment.KEEP, Treatment.KEEP, null);

    JudgedImage judged = judge(settings, with(List.of(box("a dog", 0), box("a car", 0.5))));

    assertThat(labels(judged)).containsExactly("animal");
    assertThat(judged.missing()).containsExactly("a car");
  }
}
