package io.boxwright.testing;

import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.udf.executor.PipelineLoader;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Loads a pipeline that paints layouts, for what looks at images: a red object is a red circle, any
 * other a blue one. Images of even seeds have the circles in their boxes; those of odd seeds have
 * them where the boxes would be in a mirror.
 */
public final class PaintingLoader implements PipelineLoader {

  private static final long serialVersionUID = 1;
  private static final int SIZE = 64;

  @Override
  public ImagePipeline load(Path folder, PretrainedOptions options) {
    return new Painter();
  }

  private static final class Painter extends PipelineWithoutModel {

    @Override
    public List<GeneratedImage> generate(
        List<GenerationRequest> requests, GenerationOptions options, Guidance guidance) {
      return requests.stream()
          .map(
              request ->
                  new GeneratedImage(
                      paint(request),
                      true,
                      Optional.empty(),
                      GuidanceTrace.NONE,
                      List.of(),
                      List.of(),
                      Optional.empty()))
          .toList();
    }

    private static BufferedImage paint(GenerationRequest request) {
      BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      graphics.setColor(new Color(128, 128, 128));
      graphics.fillRect(0, 0, SIZE, SIZE);
      for (LayoutObject object : request.objects()) {
        BoundingBox box = object.boxes().get(0);
        double left = request.seed() % 2 == 0 ? box.xMin() : 1 - box.xMax();
        graphics.setColor(
            object.label().contains("red") ? new Color(225, 30, 35) : new Color(40, 70, 225));
        graphics.fillOval(
            (int) (left * SIZE),
            (int) (box.yMin() * SIZE),
            (int) ((box.xMax() - box.xMin()) * SIZE),
            (int) ((box.yMax() - box.yMin()) * SIZE));
      }
      graphics.dispose();
      return image;
    }
  }
}
