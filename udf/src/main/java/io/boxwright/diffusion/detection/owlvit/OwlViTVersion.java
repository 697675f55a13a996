package io.boxwright.diffusion.detection.owlvit;

import io.boxwright.diffusion.clip.ImageProcessor;
import io.boxwright.diffusion.clip.ImageProcessorConfig;
import java.util.Arrays;
import java.util.Locale;

/** The versions of OWL-ViT, which differ in the preparation of images. */
public enum OwlViTVersion {
  /** OWL-ViT: images are squashed to squares. */
  OWLVIT("OwlViTForObjectDetection") {
    @Override
    ImageProcessor imageProcessor(ImageProcessorConfig config) {
      return new OwlViTImageProcessor(config);
    }

    @Override
    int seenWidth(int width, int height) {
      return width;
    }

    @Override
    int seenHeight(int width, int height) {
      return height;
    }
  },
  /** OWLv2: images are padded to squares. */
  OWLV2("Owlv2ForObjectDetection") {
    @Override
    ImageProcessor imageProcessor(ImageProcessorConfig config) {
      return new Owlv2ImageProcessor(config);
    }

    @Override
    int seenWidth(int width, int height) {
      return Math.max(width, height);
    }

    @Override
    int seenHeight(int width, int height) {
      return Math.max(width, height);
    }
  };

  private final String architecture;

  OwlViTVersion(String architecture) {
    this.architecture = architecture;
  }

  /**
   * Returns the version of a class of transformers.
   *
   * @throws IllegalArgumentException if it is no version
   */
  public static OwlViTVersion of(String architecture) {
    return Arrays.stream(values())
        .filter(version -> version.architecture.equals(architecture))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Not an OWL-ViT: " + architecture));
  }

  /** Returns the class of transformers, as {@code architectures} of {@code config.json} has it. */
  public String architecture() {
    return architecture;
  }

  /** Returns the model's name in lower case, which also begins the names of its tensors. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Makes the preparation of images. */
  abstract ImageProcessor imageProcessor(ImageProcessorConfig config);

  /** Returns the width of what the model sees, in pixels of an image of the given size. */
  abstract int seenWidth(int width, int height);

  /** Returns the height of what the model sees, in pixels of an image of the given size. */
  abstract int seenHeight(int width, int height);
}
