package io.boxwright.job.page;

import static io.boxwright.job.input.RowValues.list;
import static io.boxwright.job.input.RowValues.structs;
import static org.apache.spark.sql.functions.col;

import io.boxwright.job.input.RowValues;
import io.boxwright.job.page.Gallery.Card;
import io.boxwright.job.page.Gallery.Picture;
import io.boxwright.job.page.Gallery.ShownDetection;
import io.boxwright.job.page.Gallery.ShownObject;
import io.boxwright.text.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.collection.Seq;

/** Reads the pictures of a gallery, only those that were chosen. */
final class GalleryReader {

  /** The largest size of all pictures and texts together, as base64 below 16 MB. */
  static final long MOST_BYTES = 12_000_000;

  private static final int MOST_OBJECTS = 24;
  private static final int MOST_BOXES = 24;
  private static final int LONGEST_TEXT = 1000;
  private static final int LONGEST_LABEL = 100;

  private final GalleryChoice choice;
  private final List<RunNumbers> runs;

  /** Prepares to read the pictures of a choice from runs. */
  GalleryReader(GalleryChoice choice, List<RunNumbers> runs) {
    this.choice = choice;
    this.runs = List.copyOf(runs);
  }

  /**
   * Reads the pictures. Cards that would make the page too large are left out.
   *
   * @param sources the tables of the runs, in the order of the runs
   * @param detections where detected boxes are from, in words; null if there are none
   * @param mostBytes the largest size of all pictures and texts together
   */
  Gallery read(List<GallerySource> sources, String detections, long mostBytes) {
    Set<ImageKey> keys =
        choice.rows().stream().map(GalleryChoice.ChosenRow::key).collect(Collectors.toSet());
    Map<ImageKey, List<Picture>> pictures = new HashMap<>();
    Map<ImageKey, String> prompts = new HashMap<>();
    for (int i = 0; i < sources.size() && !keys.isEmpty(); i++) {
      read(sources.get(i), runs.get(i), keys, pictures, prompts);
    }
    List<Card> cards = new ArrayList<>();
    long bytes = 0;
    for (GalleryChoice.ChosenRow row : choice.rows()) {
      Card card =
          makeCard(row, prompts.get(row.key()), pictures.getOrDefault(row.key(), List.of()));
      bytes += measure(card);
      if (bytes <= mostBytes) {
        cards.add(card);
      }
    }
    return new Gallery(
        choice.score().map(PageScore::name).orElse(null),
        detections,
        choice.images(),
        choice.unscored(),
        cards,
        choice.rows().size() - cards.size());
  }

  private static Card makeCard(GalleryChoice.ChosenRow row, String prompt, List<Picture> pictures) {
    return new Card(
        "image-%s%s"
            .formatted(
                row.key().id(), row.key().imageIndex() == 0 ? "" : "/" + row.key().imageIndex()),
        shorten(row.key().id(), LONGEST_LABEL),
        row.key().imageIndex(),
        shorten(prompt, LONGEST_TEXT),
        row.category(),
        row.groups(),
        row.bestOf(),
        row.worstOf(),
        row.change(),
        pictures);
  }

  private static String shorten(String text, int longest) {
    return text == null ? "" : Printable.shortened(Printable.escaped(text), longest);
  }

  private static long measure(Card card) {
    long bytes = card.anchor().length() + card.prompt().length();
    for (Picture picture : card.pictures()) {
      bytes += picture.jpeg() == null ? 0 : picture.jpeg().length;
      for (ShownObject object : picture.objects()) {
        bytes += object.heat() == null ? 0 : object.heat().length;
        bytes += 100 + object.label().length() + 100L * object.boxes().size();
      }
      for (ShownDetection detection : picture.detections()) {
        bytes += 200 + detection.label().length();
      }
    }
    return bytes;
  }

  private void read(
      GallerySource source,
      RunNumbers run,
      Set<ImageKey> keys,
      Map<ImageKey, List<Picture>> pictures,
      Map<ImageKey, String> prompts) {
    Map<ImageKey, ImageNumbers> numbers =
        run.images().stream()
            .filter(image -> keys.contains(image.key()))
            .collect(Collectors.toMap(ImageNumbers::key, image -> image, (image, sameId) -> image));
    if (numbers.isEmpty()) {
      return;
    }
    Object[] files = numbers.values().stream().map(ImageNumbers::file).distinct().toArray();
    Object[] ids = keys.stream().map(ImageKey::id).distinct().toArray();
    Map<ImageKey, Evaluated> found =
        source.evaluation().map(table -> readFound(table, ids, keys)).orElse(Map.of());
    boolean evaluated = source.evaluation().isPresent();
    // Row by row: whole pictures may be large.
    Iterator<Row> rows = select(source.images().orElseThrow(), files, ids).toLocalIterator();
    while (rows.hasNext()) {
      Row row = rows.next();
      ImageKey key = ImageNumbersReader.readKey(row).filter(keys::contains).orElse(null);
      if (key != null) {
        prompts.putIfAbsent(key, Objects.requireNonNullElse(row.getAs("prompt"), ""));
        pictures
            .computeIfAbsent(key, one -> new ArrayList<>())
            .add(
                toPicture(
                    source.run(),
                    row,
                    numbers.get(key),
                    evaluated ? found.getOrDefault(key, Evaluated.EMPTY) : readOwnFound(row)));
      }
    }
  }

  /** Selects rows; Spark opens no other files. */
  private static Dataset<Row> select(Dataset<Row> images, Object[] files, Object[] ids) {
    List<Column> columns = new ArrayList<>();
    for (String name : List.of("id", "image_index", "prompt", "error", "objects")) {
      columns.add(col(name));
    }
    columns.add(col("image.bytes"));
    if (Arrays.asList(images.columns()).contains("attention")) {
      columns.add(col("attention"));
    }
    return images
        .filter(col("_metadata.file_name").isin(files).and(col("id").isin(ids)))
        .select(columns.toArray(Column[]::new));
  }

  /** The detection of an object. */
  private record Found(List<Double> box, Double confidence) {}

  private static final Found NOTHING = new Found(null, null);

  /**
   * The detections of an image.
   *
   * @param objects a detection for each object of the layout, in its order
   * @param all everything that was found, the surest first; empty for images with a layout
   */
  private record Evaluated(List<Found> objects, List<ShownDetection> all) {

    private static final Evaluated EMPTY = new Evaluated(List.of(), List.of());
  }

  private static Map<ImageKey, Evaluated> readFound(
      Dataset<Row> evaluation, Object[] ids, Set<ImageKey> keys) {
    Map<ImageKey, Evaluated> found = new HashMap<>();
    for (Row row :
        evaluation
            .filter(col("id").isin(ids))
            .select(
                "id",
                "image_index",
                "prompt",
                "objects.best_iou",
                "objects.best_score",
                "detections")
            .collectAsList()) {
      ImageNumbersReader.readKey(row)
          .filter(keys::contains)
          .ifPresent(
              key -> {
                List<Found> objects = toFound(row);
                found.put(
                    key, new Evaluated(objects, objects.isEmpty() ? toShown(row) : List.of()));
              });
    }
    return found;
  }

  private static List<ShownDetection> toShown(Row evaluated) {
    return structs(evaluated, "detections").stream()
        .map(
            detection ->
                new ShownDetection(
                    shorten(detection.getAs("label"), LONGEST_LABEL),
                    list(detection, "box"),
                    detection.getAs("score")))
        .sorted(Comparator.comparingDouble(ShownDetection::confidence).reversed())
        .limit(MOST_OBJECTS)
        .toList();
  }

  /** Takes the detection that fits best; if none is right, the one with the highest score. */
  private static List<Found> toFound(Row row) {
    List<Row> fitting = list(row, "best_iou");
    List<Row> scored = list(row, "best_score");
    List<Found> found = new ArrayList<>();
    for (int i = 0; i < fitting.size(); i++) {
      Row best = fitting.get(i) == null ? scored.get(i) : fitting.get(i);
      found.add(best == null ? NOTHING : new Found(list(best, "box"), best.getAs("score")));
    }
    return found;
  }

  private Picture toPicture(int run, Row row, ImageNumbers numbers, Evaluated evaluated) {
    List<Found> found = evaluated.objects();
    byte[] png = row.getAs("bytes");
    Optional<Thumbnail> small = Optional.ofNullable(png).flatMap(Thumbnail::of);
    List<Row> objects = structs(row, "objects");
    List<ShownObject> shown = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST_OBJECTS, objects.size()); i++) {
      Found own = i < found.size() ? found.get(i) : NOTHING;
      shown.add(toShown(objects.get(i), own, numbers.objects().get(i), readLayers(row, i)));
    }
    String error = row.getAs("error");
    return new Picture(
        run,
        choice.score().map(score -> score.of(numbers)).orElse(null),
        numbers.right(),
        small.isPresent() ? null : shorten(error == null ? "no picture" : error, LONGEST_TEXT),
        small.map(Thumbnail::jpeg).orElse(null),
        small.map(Thumbnail::width).orElse(0),
        small.map(Thumbnail::height).orElse(0),
        shown,
        objects.size() - shown.size(),
        evaluated.all());
  }

  /** Reads what the run's own detector found for each object. */
  private static Evaluated readOwnFound(Row row) {
    return new Evaluated(
        structs(row, "objects").stream().map(GalleryReader::readOwnDetection).toList(), List.of());
  }

  private static Found readOwnDetection(Row object) {
    if (!Arrays.asList(object.schema().fieldNames()).contains("detection")) {
      return NOTHING;
    }
    Row detection = object.getAs("detection");
    return detection == null || detection.getAs("box") == null
        ? NOTHING
        : new Found(list(detection, "box"), detection.getAs("score"));
  }

  private static ShownObject toShown(
      Row object, Found found, ObjectNumbers numbers, List<HeatMap.Layer> layers) {
    List<Seq<Double>> boxes = list(object, "boxes");
    return new ShownObject(
        shorten(object.getAs("label"), LONGEST_LABEL),
        boxes.stream()
            .limit(MOST_BOXES)
            .map(box -> List.of(box.apply(0), box.apply(1), box.apply(2), box.apply(3)))
            .toList(),
        found.box(),
        found.confidence(),
        numbers.inBoxMass(),
        numbers.iou(),
        HeatMap.draw(layers));
  }

  private static List<HeatMap.Layer> readLayers(Row row, int object) {
    if (!Arrays.asList(row.schema().fieldNames()).contains("attention")) {
      return List.of();
    }
    return structs(row, "attention").stream()
        .filter(map -> map.<Integer>getAs("object") == object)
        .map(
            map ->
                new HeatMap.Layer(
                    map.getAs("height"),
                    map.getAs("width"),
                    RowValues.<Float>list(map, "values").stream()
                        .mapToDouble(Float::doubleValue)
                        .toArray()))
        .toList();
  }
}
