package io.boxwright.job.evaluation;

import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.diffusion.detection.clip.CLIPScorer;
import io.boxwright.diffusion.images.PictureDecoder;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.job.figures.BoxColors;
import io.boxwright.job.figures.ClipScores;
import io.boxwright.job.figures.ColorShare;
import io.boxwright.job.figures.Expectation;
import io.boxwright.torch.LibTorch;
import io.boxwright.udf.counters.GenerationCounters;
import io.boxwright.udf.executor.DeviceScorers;
import io.boxwright.udf.executor.OutOfDeviceMemoryException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** A scorer of batches of images for one task. It uses models that the executor owns. */
final class ImageScorer {

  private final EvaluationSettings settings;
  private final DeviceScorers device;
  private final Optional<ObjectDetector> detector;
  private final Optional<CLIPScorer> clip;
  private final GenerationCounters counters;

  /**
   * Creates a scorer, and loads its models if no task did so before.
   *
   * @param device the device, which owns the models
   * @param counters the counters of the time
   */
  ImageScorer(EvaluationSettings settings, DeviceScorers device, GenerationCounters counters) {
    this.settings = settings;
    this.device = device;
    this.counters = counters;
    this.detector =
        Optional.ofNullable(settings.detector())
            .map(
                spec ->
                    device.detector(spec, Optional.ofNullable(settings.detectorModel()), counters));
    this.clip = Optional.ofNullable(settings.clip()).map(model -> device.clip(model, counters));
  }

  /** An image with its pixels, which are null if it has an error. */
  private record Decoded(StoredImage image, BufferedImage pixels) {

    boolean isGood() {
      return image.error() == null;
    }
  }

  /**
   * Scores images.
   *
   * @return a score for each; an image that cannot be read, or that the detector refuses, gets an
   *     error
   */
  List<ImageScore> score(List<StoredImage> batch) {
    List<Decoded> decoded = batch.stream().map(ImageScorer::decode).toList();
    List<Decoded> good = decoded.stream().filter(Decoded::isGood).toList();
    Iterator<ImageScore> scored =
        (good.isEmpty() ? List.<ImageScore>of() : scoreDecoded(good)).iterator();
    return decoded.stream()
        .map(one -> one.isGood() ? scored.next() : ImageScore.failed(one.image()))
        .toList();
  }

  private static Decoded decode(StoredImage image) {
    if (image.error() != null) {
      return new Decoded(image, null);
    }
    String problem = "there is none";
    try {
      Optional<BufferedImage> pixels =
          image.png() == null ? Optional.empty() : PictureDecoder.decode(image.png());
      if (pixels.isPresent()) {
        return new Decoded(image, pixels.get());
      }
    } catch (IOException | RuntimeException e) { // the latter for broken streams
      problem = String.valueOf(e.getMessage());
    }
    String error = "Cannot read the picture: %s; boxwright verify finds damaged chunks";
    return new Decoded(image.withError(error.formatted(problem)), null);
  }

  private List<ImageScore> scoreDecoded(List<Decoded> images) {
    try {
      return device.thread().run(() -> measure(images));
    } catch (RuntimeException e) {
      boolean refused = e instanceof IllegalArgumentException; // a label that is too long
      boolean full = OutOfDeviceMemoryException.says(e);
      if (images.size() > 1 && (refused || full)) {
        if (full) {
          LibTorch.emptyCache(device.device());
        }
        return images.stream().flatMap(image -> scoreDecoded(List.of(image)).stream()).toList();
      }
      if (refused) {
        return List.of(ImageScore.failed(images.get(0).image().withError(e.getMessage())));
      }
      throw e;
    }
  }

  private List<ImageScore> measure(List<Decoded> images) {
    long start = System.nanoTime();
    List<List<String>> labels =
        images.stream()
            .map(one -> settings.source().labels(one.image().asked(), one.image().expected()))
            .toList();
    List<List<Detection>> detections = detect(images, labels);
    List<Optional<ClipScores>> clips = compareWithTexts(images);
    List<ImageScore> scores =
        IntStream.range(0, images.size())
            .mapToObj(
                i ->
                    new ImageScore(
                        images.get(i).image(),
                        detector.isPresent() ? labels.get(i) : List.of(),
                        detections.get(i),
                        clips.get(i),
                        settings.measuresColors() ? measureColors(images.get(i)) : List.of()))
            .toList();
    counters.add(Stage.DETECT, Duration.ofNanos(System.nanoTime() - start));
    return scores;
  }

  private List<List<Detection>> detect(List<Decoded> images, List<List<String>> labels) {
    if (detector.isEmpty()) {
      return Collections.nCopies(images.size(), List.of());
    }
    List<List<Detection>> found =
        detector
            .get()
            .detect(
                images.stream().map(Decoded::pixels).toList(),
                labels.stream().map(this::fillTemplate).toList());
    return IntStream.range(0, images.size())
        .mapToObj(i -> nameByLabel(labels.get(i), found.get(i)))
        .toList();
  }

  private List<String> fillTemplate(List<String> labels) {
    return labels.stream().map(settings.template()::fill).distinct().toList();
  }

  /** Orders detections by label and score, and takes the words of the template off again. */
  private List<Detection> nameByLabel(List<String> labels, List<Detection> found) {
    return labels.stream()
        .flatMap(
            label ->
                found.stream()
                    .filter(one -> one.query().equals(settings.template().fill(label)))
                    .sorted(Comparator.comparingDouble(Detection::score).reversed())
                    .map(
                        one ->
                            new Detection(
                                label,
                                one.right() ? label : one.label(),
                                one.score(),
                                one.predicted())))
        .toList();
  }

  /** Compares the images with their prompts, and the crops of their boxes with the phrases. */
  private List<Optional<ClipScores>> compareWithTexts(List<Decoded> images) {
    if (clip.isEmpty()) {
      return Collections.nCopies(images.size(), Optional.empty());
    }
    List<BufferedImage> pictures = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (Decoded one : images) {
      pictures.add(one.pixels());
      texts.add(one.image().prompt());
      for (LayoutObject object : one.image().layout()) {
        for (BoundingBox box : object.boxes()) {
          pictures.add(CLIPScorer.crop(one.pixels(), box));
          texts.add(object.label());
        }
      }
    }
    double[] scores = clip.get().score(pictures, texts);
    List<Optional<ClipScores>> results = new ArrayList<>();
    int place = 0;
    for (Decoded one : images) {
      double whole = scores[place++];
      List<Double> boxes = new ArrayList<>();
      for (LayoutObject object : one.image().layout()) {
        for (int i = 0; i < object.boxes().size(); i++) {
          boxes.add(scores[place++]);
        }
      }
      results.add(Optional.of(new ClipScores(whole, boxes)));
    }
    return results;
  }

  private static List<ColorShare> measureColors(Decoded image) {
    List<BoundingBox> boxes =
        image.image().layout().stream().flatMap(object -> object.boxes().stream()).toList();
    List<String> colors =
        image.image().expected().stream()
            .map(Expectation::color)
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    return new BoxColors(image.pixels()).measure(boxes, colors);
  }
}
