package io.boxwright.job.input;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class RootCauseTest {

  @Test
  void sparksWrappersAreSkippedAndCausesOfOthersKept() {
    Exception cause = new IllegalStateException("no unet in X", new RuntimeException("details"));

    assertThat(RootCause.message(new SparkException("Job aborted", spark(cause))))
        .isEqualTo("no unet in X");
  }

  private static SparkException spark(Throwable cause) {
    return new SparkException("Task failed", cause);
  }

  @Test
  void withoutOtherCausesSparksInnermostIsTaken() {
    Exception failure =
        new SparkException("Lost task 0: boom\n\tat Some.frame\n\tat Another", null);

    assertThat(RootCause.message(new SparkException("Job aborted", failure)))
        .isEqualTo("Lost task 0: boom");
  }

  @Test
  void messagesOfSeveralLinesBecomeOne() {
    assertThat(RootCause.message(new RuntimeException("Operation failed.\n\n  Out of memory")))
        .isEqualTo("Operation failed. Out of memory");
  }

  @Test
  void anExceptionWithoutMessageIsNamed() {
    assertThat(RootCause.message(spark(new NullPointerException())))
        .isEqualTo("java.lang.NullPointerException");
  }

  @Test
  void theFileThatSparkWasReadingIsNamed() {
    Throwable cause = new IllegalStateException("bad page");
    for (String end : new String[] {". Details:", ". SQLSTATE: KD001"}) {
      Exception e =
          new SparkException(
              "Encountered error while reading file file:///x/a%20b.v2.parquet" + end, cause);
      assertThat(RootCause.findFile(new SparkException("Job aborted", e)))
          .contains("a b.v2.parquet");
    }
    assertThat(RootCause.findFile(cause)).isEmpty();
  }
}
