package io.boxwright.testing;

import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.udf.executor.PipelineLoader;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Loads a pipeline without a model, for what is about everything around it: an image is noise of
 * its seed and its place in the batch. The prompt {@code fail once} fails unless the file of the
 * system property {@value #HEALED} is there; {@code die once} ends the process unless the file of
 * {@value #DIED} is there, and makes it; the property {@value #PAUSE} says how many milliseconds a
 * batch takes.
 */
public final class StubLoader implements PipelineLoader {

  /** Name of a system property. */
  public static final String HEALED = "boxwright.test.healed";

  /** Name of a system property. */
  public static final String DIED = "boxwright.test.died";

  /** Name of a system property. */
  public static final String PAUSE = "boxwright.test.pause";

  private static final long serialVersionUID = 1;
  private static final int SIZE = 16;

  @Override
  public ImagePipeline load(Path folder, PretrainedOptions options) {
    return new Stub();
  }

  private static final class Stub extends PipelineWithoutModel {

    @Override
    public List<GeneratedImage> generate(
        List<GenerationRequest> requests, GenerationOptions options, Guidance guidance) {
      pause();
      return IntStream.range(0, requests.size())
          .mapToObj(place -> image(requests.get(place), place))
          .toList();
    }

    private static GeneratedImage image(GenerationRequest request, int place) {
      if (request.prompt().equals("fail once") && !healed()) {
        throw new IllegalStateException("boom");
      }
      if (request.prompt().equals("die once")) {
        dieOnce();
      }
      Random noise = new Random(31 * request.seed() + place);
      BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
      for (int pixel = 0; pixel < SIZE * SIZE; pixel++) {
        image.setRGB(pixel % SIZE, pixel / SIZE, noise.nextInt());
      }
      return new GeneratedImage(
          image,
          true,
          Optional.empty(),
          GuidanceTrace.NONE,
          List.of(),
          List.of(),
          Optional.empty());
    }

    private static boolean healed() {
      String file = System.getProperty(HEALED);
      return file != null && Files.exists(Path.of(file));
    }

    private static void dieOnce() {
      try {
        Files.createFile(Path.of(System.getProperty(DIED)));
        Runtime.getRuntime().halt(137);
      } catch (FileAlreadyExistsException e) {
        return; // it has died already
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void pause() {
      try {
        Thread.sleep(Long.getLong(PAUSE, 0));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
