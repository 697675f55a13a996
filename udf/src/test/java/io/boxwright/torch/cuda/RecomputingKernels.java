package io.boxwright.torch.cuda;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.torch.DifferentiableFunction;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.GradientTape;
import io.boxwright.torch.TorchKernels;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * Stands for a GPU's kernels on the CPU: libtorch's operators, hidden from autograd, whose
 * derivatives are computed anew. In use until closed.
 */
public final class RecomputingKernels implements FusedKernels, AutoCloseable {

  private final Optional<FusedKernels> before =
      FusedKernels.Loaded.replace(Device.cpu(), Optional.of(this));
  private final AtomicInteger derivatives = new AtomicInteger();

  /** Returns how many derivatives were computed. */
  public int derivatives() {
    return derivatives.get();
  }

  @Override
  public DifferentiableFunction groupNorm(
      NDArray channels,
      int groups,
      NDArray weight,
      NDArray bias,
      double epsilon,
      Activation activation) {
    NDArray kept = channels == null ? null : GradientTape.alias(channels);
    return new Recomputing(
        x -> {
          NDArray sum = kept == null ? x : x.add(kept.expandDims(2).expandDims(3));
          return activation == Activation.SILU
              ? Functional.groupNormSilu(sum, groups, weight, bias, epsilon)
              : Functional.groupNorm(sum, groups, weight, bias, epsilon);
        });
  }

  @Override
  public DifferentiableFunction layerNorm(NDArray weight, NDArray bias, double epsilon) {
    return new Recomputing(x -> Functional.layerNorm(x, weight, bias, epsilon));
  }

  @Override
  public DifferentiableFunction geglu() {
    return new Recomputing(Functional::geglu);
  }

  @Override
  public NDArray addBias(NDArray a, NDArray b, NDArray bias) {
    return a.add(b).add(bias.reshape(1, -1, 1, 1));
  }

  @Override
  public NDArray addBias(NDArray x, NDArray bias) {
    return x.add(bias.reshape(1, -1, 1, 1));
  }

  @Override
  public NDArray joinChannels(NDArray a, NDArray b) {
    return a.concat(TorchKernels.repeatRows(b, a), 1);
  }

  @Override
  public NDArray upsampleTwice(NDArray x) {
    return Functional.upsampleNearest(x, 2 * x.getShape().get(2), 2 * x.getShape().get(3));
  }

  @Override
  public void prepare(DataType type) {}

  @Override
  public boolean support(NDArray x, long channels) {
    return true;
  }

  @Override
  public void close() {
    FusedKernels.Loaded.replace(Device.cpu(), before == null ? Optional.empty() : before);
  }

  private final class Recomputing implements DifferentiableFunction {

    private final UnaryOperator<NDArray> function;

    private Recomputing(UnaryOperator<NDArray> function) {
      this.function = function;
    }

    @Override
    public NDArray forward(NDArray x) {
      return function.apply(x);
    }

    @Override
    public NDArray backward(NDArray x, NDArray gradient, NDArray soFar) {
      derivatives.incrementAndGet();
      try (GradMode ignored = GradMode.enabled()) {
        PtNDArray variable = JniUtils.detachGradient((PtNDArray) x);
        variable.setRequiresGradient(true);
        NDArray y = function.apply(variable);
        JniUtils.backward((PtNDArray) y, (PtNDArray) gradient, false, false);
        NDArray result = variable.getGradient().stopGradient();
        return soFar == null ? result : result.add(soFar).stopGradient();
      }
    }

    @Override
    public void close() {}
  }
}
