package io.boxwright.job.output;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The versions of the software that makes the images. */
public final class Versions {

  private static final String PYTORCH = "jnilib/pytorch.properties";

  private Versions() {}

  /**
   * Returns the version of Boxwright, or {@code (not packaged)} if its classes are not in a jar.
   */
  public static String boxwright() {
    String version = Versions.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }

  /**
   * Describes all versions, such as {@code boxwright 0.1.0, spark 3.5.9, djl 0.36.0, pytorch
   * 2.7.1}, without loading PyTorch.
   *
   * @param spark the version of Spark that runs the job
   */
  public static String describe(String spark) {
    return "boxwright %s, spark %s, %s".formatted(boxwright(), spark, describeEngine());
  }

  /**
   * Describes the versions that matter without Spark, such as {@code boxwright 0.1.0, djl 0.36.0,
   * ...}.
   */
  public static String describeWithoutSpark() {
    return "boxwright %s, %s".formatted(boxwright(), describeEngine());
  }

  private static String describeEngine() {
    return "djl %s, pytorch %s".formatted(Engine.getDjlVersion(), readPytorchVersion());
  }

  /** Reads the version of PyTorch without loading it; the driver of a cluster does not need it. */
  private static String readPytorchVersion() {
    try (InputStream in = Versions.class.getClassLoader().getResourceAsStream(PYTORCH)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("jni_version", "unknown").split("-")[0];
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + PYTORCH, e);
    }
  }
}
