package io.boxwright.udf.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceTypeTest {

  @Test
  void theAssignedGpuIsUsed() {
    assertThat(DeviceType.AUTO.device(Optional.of("3"))).isEqualTo(Device.gpu(3));
    assertThat(DeviceType.GPU.device(Optional.of("3"))).isEqualTo(Device.gpu(3));
  }

  @Test
  void withoutAssignmentTheFirstGpuIsUsed() {
    assertThat(DeviceType.GPU.device(Optional.empty())).isEqualTo(Device.gpu(0));
  }

  @Test
  void aGpuThatLibtorchCannotUseIsRefusedByName() {
    assertThatThrownBy(() -> DeviceType.requireUsable(Device.gpu(99)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("Cannot use gpu99; conf/local-gpu.conf .* libtorch says: .+");
    assertThatCode(() -> DeviceType.requireUsable(Device.cpu())).doesNotThrowAnyException();
  }

  @Test
  void theCpuIsUsedEvenIfAGpuIsAssigned() {
    assertThat(DeviceType.CPU.device(Optional.of("3"))).isEqualTo(Device.cpu());
  }

  @Test
  void gpuAddressesThatAreNoIndicesAreRefused() {
    assertThatThrownBy(() -> DeviceType.GPU.device(Optional.of("GPU-8f2a")))
        .hasMessageContaining("GPU-8f2a");
  }
}
