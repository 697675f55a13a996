package io.boxwright.udf.table;

import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.GeneratorPlace;
import java.util.Locale;
import java.util.Map;

/** The generators of the noise of a row's images: diffusers' {@code generator}. */
public enum Seeding {
  /**
   * Each image has a generator of its own, whose seeds count up from the row's: {@code
   * generator=[G(seed), G(seed + 1), ...]}.
   */
  IMAGE,

  /**
   * The images of a row share one generator with the row's seed: {@code generator=G(seed)} with
   * {@code num_images_per_prompt}. An image then depends on the number of images of its row.
   */
  PROMPT;

  private static final String KEY = "seeding";

  /** Reads the seeding from the settings of a generator; {@link #IMAGE} if they have none. */
  public static Seeding of(Map<String, String> settings) {
    return PROMPT.toString().equals(settings.get(KEY)) ? PROMPT : IMAGE;
  }

  /** Adds the seeding to the settings of a generator, unless it is {@link #IMAGE}. */
  public void describe(Map<String, Object> settings) {
    if (this != IMAGE) {
      settings.put(KEY, this);
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the seed of an image of a row. */
  public long seed(long ofRow, int imageIndex) {
    return this == IMAGE ? ofRow + imageIndex : ofRow;
  }

  /**
   * Returns a row's request for one of its images.
   *
   * @param ofRow the request with the row's seed
   * @param imageIndex the number of the image in its row, from 0
   * @param images the number of images of the row
   */
  public GenerationRequest makeRequest(GenerationRequest ofRow, int imageIndex, int images) {
    GenerationRequest seeded = ofRow.withSeed(seed(ofRow.seed(), imageIndex));
    return this == IMAGE ? seeded : seeded.withPlace(new GeneratorPlace(imageIndex, images));
  }
}
