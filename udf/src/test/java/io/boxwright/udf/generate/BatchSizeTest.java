package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchSizeTest {

  @Test
  void aNumberIsItselfOnAllDevices() {
    BatchSize batchSize = BatchSize.parse("16");

    assertThat(batchSize.mostOn(Device.cpu())).isEqualTo(16);
    assertThat(batchSize.mostOn(Device.gpu(1))).isEqualTo(16);
    assertThat(batchSize).hasToString("16");
  }

  @Test
  void autoDependsOnTheDevice() {
    BatchSize batchSize = BatchSize.parse("AUTO");

    assertThat(batchSize.mostOn(Device.gpu(0))).isGreaterThan(batchSize.mostOn(Device.cpu()));
    assertThat(batchSize.most()).isEqualTo(batchSize.mostOn(Device.gpu(0)));
    assertThat(batchSize).hasToString("auto");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "many", "1025", "1000000000"})
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> BatchSize.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid batch size: " + text);
  }
}
