package io.boxwright.diffusion.clip;

/** The cosine of the angle between two vectors, which tells how alike images and texts are. */
public final class CosineSimilarity {

  private CosineSimilarity() {}

  /**
   * Computes the cosine of two vectors of the same length.
   *
   * @return -1..1; NaN if a vector has only zeros
   */
  public static double of(float[] a, float[] b) {
    double product = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      squaresOfA += (double) a[i] * a[i];
      squaresOfB += (double) b[i] * b[i];
    }
    return product / Math.sqrt(squaresOfA * squaresOfB);
  }
}
