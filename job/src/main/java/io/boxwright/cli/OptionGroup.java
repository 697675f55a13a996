package io.boxwright.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The part of a command's help in which an option is, or all options of a class. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.TYPE})
@interface OptionGroup {

  /** Returns the part. */
  Part value();

  /** The parts, in their order. */
  enum Part {
    MODEL("Model"),
    TABLE("Table"),
    SAMPLING("Sampling"),
    GUIDANCE("Guidance"),
    OUTPUT("Output"),
    CLUSTER("Cluster");

    private final String heading;

    Part(String heading) {
      this.heading = heading;
    }

    /** Returns the words above the options. */
    String heading() {
      return heading;
    }
  }
}
