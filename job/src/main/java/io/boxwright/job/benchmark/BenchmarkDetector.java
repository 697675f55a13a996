package io.boxwright.job.benchmark;

import ai.djl.Device;
import io.boxwright.diffusion.clip.CLIPModel;
import io.boxwright.diffusion.detection.DetectorOptions;
import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.diffusion.detection.clip.CLIPScorer;
import io.boxwright.diffusion.detection.owlvit.OwlViTDetector;
import io.boxwright.diffusion.detection.owlvit.OwlViTVersion;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.loading.ModelCache;
import io.boxwright.diffusion.loading.RandomScorer;
import io.boxwright.diffusion.loading.TransformersFiles;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.torch.LibTorch;
import io.boxwright.udf.executor.DetectorSpec;
import io.boxwright.udf.executor.Detectors;
import io.boxwright.udf.executor.WeightType;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A detector or scorer to measure.
 *
 * @param name the name for people
 * @param loader the function that loads it on a device
 */
public record BenchmarkDetector(String name, Function<Device, Loaded> loader) {

  private static final String CLIP = "CLIPModel";

  /** A detector or scorer that looks at a batch. */
  public interface Loaded extends AutoCloseable {

    /** Looks at images, each with its request. */
    void look(List<BufferedImage> images, List<GenerationRequest> requests);

    @Override
    void close();
  }

  /**
   * Finds a detector or scorer: a {@link RandomScorer} such as {@code random:owlvit-base-patch32},
   * a folder with a {@code CLIPModel}, or one of {@link Detectors}.
   *
   * @param cache the folder for copies of models that come from elsewhere
   * @throws IllegalArgumentException if it is none of them, or {@code none}
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what is wrong with a folder
   */
  public static BenchmarkDetector of(String name, Path cache) {
    Optional<RandomScorer> random = RandomScorer.named(name);
    if (random.isPresent()) {
      Path folder = random.get().folder(new ModelCache(cache));
      return new BenchmarkDetector(name, device -> loadRandom(folder, device));
    }
    Path folder = Path.of(name);
    if (Files.isDirectory(folder) && TransformersFiles.architectures(folder).contains(CLIP)) {
      return new BenchmarkDetector(
          name,
          device -> scorer(CLIPScorer.fromPretrained(folder, device, WeightType.AUTO.on(device))));
    }
    DetectorSpec spec =
        Detectors.of(name)
            .orElseThrow(() -> new IllegalArgumentException("There is nothing to measure: none"));
    return new BenchmarkDetector(
        name, device -> detector(spec.factory().load(spec.options(device))));
  }

  private static Loaded loadRandom(Path folder, Device device) {
    String architecture = TransformersFiles.architectures(folder).get(0);
    if (architecture.equals(CLIP)) {
      return scorer(
          new CLIPScorer(
              CLIPModel.fromConfig(
                  folder, LibTorch.newManager(device), WeightType.AUTO.on(device))));
    }
    DetectorSpec spec = Detectors.of(folder.toString()).orElseThrow();
    DetectorOptions options = spec.options(device);
    return detector(OwlViTDetector.fromConfig(OwlViTVersion.of(architecture), options));
  }

  /** Looks for the labels of each image. */
  private static Loaded detector(ObjectDetector detector) {
    return new Loaded() {
      @Override
      public void look(List<BufferedImage> images, List<GenerationRequest> requests) {
        detector.detect(
            images,
            requests.stream()
                .map(request -> request.objects().stream().map(LayoutObject::label).toList())
                .toList());
      }

      @Override
      public void close() {
        detector.close();
      }
    };
  }

  /** Scores each image against its prompt, and each box against its phrase. */
  private static Loaded scorer(CLIPScorer scorer) {
    return new Loaded() {
      @Override
      public void look(List<BufferedImage> images, List<GenerationRequest> requests) {
        List<BufferedImage> parts = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
          parts.add(images.get(i));
          texts.add(requests.get(i).prompt());
          for (LayoutObject object : requests.get(i).objects()) {
            parts.add(CLIPScorer.crop(images.get(i), object.boxes().get(0)));
            texts.add(object.label());
          }
        }
        scorer.score(parts, texts);
      }

      @Override
      public void close() {
        scorer.close();
      }
    };
  }
}
