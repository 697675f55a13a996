package io.boxwright.job.output;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The software that makes the images. */
public final class Versions {

  private static final String PYTORCH = "jnilib/pytorch.properties";

  private Versions() {}

  /** Of Boxwright; classes that are in no jar have none. */
  public static String boxwright() {
    String version = Versions.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }

  /** Of everything, such as {@code boxwright 0.1.0, spark 3.5.9, djl 0.36.0, pytorch 2.7.1}. */
  static String text(String spark) {
    return "boxwright %s, spark %s, %s".formatted(boxwright(), spark, engine());
  }

  /** Of what makes images without Spark, such as {@code boxwright 0.1.0, djl 0.36.0, ...}. */
  public static String withoutSpark() {
    return "boxwright %s, %s".formatted(boxwright(), engine());
  }

  private static String engine() {
    return "djl %s, pytorch %s".formatted(Engine.getDjlVersion(), pytorch());
  }

  /** Without loading PyTorch, which the driver of a cluster has no use for. */
  private static String pytorch() {
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
