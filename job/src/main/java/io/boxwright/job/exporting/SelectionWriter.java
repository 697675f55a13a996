package io.boxwright.job.exporting;

import io.boxwright.files.Sha256;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.output.ExportFolder;
import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;

/**
 * Chooses the images of a dataset, and writes down which ones. Executors judge the images of each
 * prompt; the driver reads the judged images in the order of the dataset, without pixels, and holds
 * only counts.
 */
public final class SelectionWriter {

  /** The driver holds the images of a partition, without their pixels. */
  private static final int IMAGES_PER_PARTITION = 20_000;

  private static final int MOST_PHRASES = 5;
  private static final int MOST_PROMPTS = 5;

  private final ExportSettings settings;
  private final CandidateReader reader;
  private final List<ExportedRun> runs;
  private final List<Part> parts = new ArrayList<>();
  private final Map<String, Long> images = new LinkedHashMap<>();
  private final Map<String, Map<String, Long>> boxes = new TreeMap<>();
  private final Map<String, Long> classImages = new TreeMap<>();
  private final Map<String, Long> refused = new LinkedHashMap<>();
  private final Set<String> missing = new TreeSet<>();
  private final Set<Long> prompts = new HashSet<>();
  private final List<String> firstPrompts = new ArrayList<>();
  private long droppedBoxes;
  private long firstSeed = Long.MAX_VALUE;
  private long lastSeed = Long.MIN_VALUE;
  private long bytes;
  private int number;
  private String lastFile = "";

  /** Chooses among the images of a reader. */
  public SelectionWriter(ExportSettings settings, CandidateReader reader) {
    this.settings = settings;
    this.reader = reader;
    this.runs = reader.runs();
    settings.split().names().forEach(name -> images.put(name, 0L));
    for (Refusal filter : Refusal.values()) {
      refused.put(filter.name(), 0L);
    }
    refused.put(Refusal.ERROR.name(), runs.stream().mapToLong(ExportedRun::failed).sum());
  }

  /**
   * Writes the selection.
   *
   * @param version the version of Boxwright
   * @return the plan of the export, which is not written yet
   * @throws InvalidInputException if no image is left, or phrases have no class
   */
  public ExportPlan write(ExportFolder folder, String version) {
    folder.write(SelectionFile.NAME, out -> write(out, judge(reader.candidates())));
    return new ExportPlan(ExportPlan.identify(version, settings, runs), makeFacts(version), parts);
  }

  private Iterator<JudgedImage> judge(JavaRDD<Candidate> candidates) {
    PromptChoice choice = new PromptChoice(settings);
    long all = runs.stream().mapToLong(run -> run.origin().images()).sum();
    int partitions = (int) (1 + all / IMAGES_PER_PARTITION);
    return candidates
        .groupBy(Candidate::prompt, partitions)
        .flatMap(group -> choice.judge(group._2()).iterator())
        .sortBy(JudgedImage::place, true, partitions)
        .toLocalIterator();
  }

  private void write(OutputStream out, Iterator<JudgedImage> judged) throws IOException {
    while (judged.hasNext()) {
      JudgedImage next = judged.next();
      droppedBoxes += next.missing().size();
      missing.addAll(next.missing());
      Refusal refusal =
          next.refusal() == null && isFull(next) ? Refusal.CLASS_FULL : next.refusal();
      if (refusal == null) {
        write(out, next);
      } else {
        refused.merge(refusal.name(), 1L, Long::sum);
      }
    }
    requireClasses();
    if (number == 0) {
      throw new InvalidInputException("No image is left to export: " + describeRefused());
    }
  }

  private void write(OutputStream out, JudgedImage judged) throws IOException {
    SelectedImage image = select(judged);
    addToPart(image);
    byte[] line = SelectionFile.toLine(image);
    out.write(line);
    bytes += line.length;
    count(image);
  }

  private SelectedImage select(JudgedImage judged) {
    Candidate image = judged.image();
    Place place = judged.place();
    number++;
    return new SelectedImage(
        number,
        settings.split().names().get(place.split()),
        place.run(),
        place.file(),
        place.id(),
        place.imageIndex(),
        image.prompt(),
        image.seed(),
        image.width(),
        image.height(),
        runs.size() == 1 ? image.name() : "%d-%s".formatted(place.run(), image.name()),
        judged.boxes());
  }

  /** Adds an image to the last part, or begins one. */
  private void addToPart(SelectedImage image) {
    String file = image.run() + "/" + image.file();
    Part last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
    boolean sharded = DatasetFormats.of(settings.format()).isSharded();
    boolean fits =
        last != null
            && last.split().equals(image.split())
            && (sharded ? last.images() < settings.shardImages() : file.equals(lastFile));
    lastFile = file;
    if (fits) {
      parts.set(
          parts.size() - 1,
          new Part(last.split(), last.number(), last.offset(), last.images() + 1));
    } else {
      boolean same = last != null && last.split().equals(image.split());
      parts.add(new Part(image.split(), same ? last.number() + 1 : 0, bytes, 1));
    }
  }

  private void count(SelectedImage image) {
    images.merge(image.split(), 1L, Long::sum);
    long hash = Long.parseUnsignedLong(Sha256.hex(image.prompt()).substring(0, 16), 16);
    if (prompts.add(hash) && firstPrompts.size() < MOST_PROMPTS) {
      firstPrompts.add(image.prompt());
    }
    firstSeed = Math.min(firstSeed, image.seed());
    lastSeed = Math.max(lastSeed, image.seed());
    for (ClassBox box : image.boxes()) {
      boxes
          .computeIfAbsent(box.label(), label -> new TreeMap<>())
          .merge(image.split(), 1L, Long::sum);
    }
    image.boxes().stream()
        .map(ClassBox::label)
        .distinct()
        .forEach(label -> classImages.merge(label, 1L, Long::sum));
  }

  /** Returns whether a class would get more boxes than it may have in the image's split. */
  private boolean isFull(JudgedImage judged) {
    if (settings.maxPerClass() == null) {
      return false;
    }
    String split = settings.split().names().get(judged.place().split());
    return judged.boxes().stream()
        .collect(Collectors.groupingBy(ClassBox::label, Collectors.counting()))
        .entrySet()
        .stream()
        .anyMatch(
            added ->
                added.getValue()
                        + boxes.getOrDefault(added.getKey(), Map.of()).getOrDefault(split, 0L)
                    > settings.maxPerClass());
  }

  private void requireClasses() {
    if (settings.missingClasses() == MissingClasses.STOP && !missing.isEmpty()) {
      throw new InvalidInputException(
          "%s has no class for %s: %s%s. Add them, or leave out their boxes with --missing-classes drop"
              .formatted(
                  settings.labels().file() == null ? "The export" : settings.labels().file(),
                  Count.of(missing.size(), "phrase"),
                  missing.stream()
                      .limit(MOST_PHRASES)
                      .map(phrase -> "'" + Printable.value(phrase) + "'")
                      .collect(Collectors.joining(", ")),
                  missing.size() > MOST_PHRASES ? ", ..." : ""));
    }
  }

  private String describeRefused() {
    return refused.entrySet().stream()
        .filter(filter -> filter.getValue() > 0)
        .map(filter -> filter.getValue() + " " + Refusal.valueOf(filter.getKey()).text())
        .collect(Collectors.joining(", "));
  }

  private DatasetFacts makeFacts(String version) {
    return new DatasetFacts(
        version,
        settings.options(),
        settings.license(),
        runs.stream().map(ExportedRun::origin).toList(),
        settings.split().names(),
        settings.labels().file() == null ? List.copyOf(boxes.keySet()) : settings.labels().names(),
        images,
        boxes,
        classImages,
        refused,
        droppedBoxes,
        prompts.size(),
        firstPrompts,
        firstSeed,
        lastSeed);
  }
}
