package io.boxwright.testing;

import io.boxwright.diffusion.pipelines.IPAdapterFiles;
import io.boxwright.diffusion.pipelines.ImagePrompt;
import java.nio.file.Path;
import java.util.Optional;

/** What {@code ip_adapter_fixtures.py} wrote: tiny IP-Adapters with their image encoder. */
public final class IPAdapterFixtures {

  private IPAdapterFixtures() {}

  /** The file of an adapter: {@code plain}, {@code plus} or {@code full_face}. */
  public static Path adapter(String name) {
    return Fixtures.path("ip-adapter/" + name + ".safetensors");
  }

  /** The folder of the image encoder. */
  public static Path imageEncoder() {
    return Fixtures.path("ip-adapter/image_encoder");
  }

  /** An adapter with its image encoder. */
  public static IPAdapterFiles files(String name) {
    return new IPAdapterFiles(adapter(name), Optional.of(imageEncoder()));
  }

  /** A picture of {@link DetectorFixtures#image}. */
  public static ImagePrompt of(String image, double scale) {
    return new ImagePrompt(DetectorFixtures.image(image), scale);
  }
}
