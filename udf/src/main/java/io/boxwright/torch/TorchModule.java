package io.boxwright.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The TorchScript source of a package, compiled by libtorch once per process; no Python is
 * involved. A class next to the source gives each of its methods a Java signature and documents it.
 *
 * <p>A call costs about 15 us, is differentiable when the thread's grad mode is on ({@link
 * GradMode}), and may run in several threads at once. Numbers travel as tensors of rank 0 on the
 * CPU, which libtorch reads without a copy to the device or a wait for it.
 */
public final class TorchModule {

  private static final NDManager CONSTANTS = LibTorch.newManager(Device.cpu());
  private static final Map<Number, NDArray> NUMBERS = new ConcurrentHashMap<>();

  /**
   * The graph optimizer is switched per thread. It is off here, because it would compile every
   * method anew for each combination of shapes, and these methods are single operators that gain
   * nothing from it.
   */
  private static final ThreadLocal<Boolean> OPTIMIZER_OFF =
      ThreadLocal.withInitial(
          () -> {
            JniUtils.setGraphExecutorOptimize(false);
            return true;
          });

  private final PtSymbolBlock block;
  private final Map<String, NDArray> methods = new ConcurrentHashMap<>();

  private TorchModule(PtSymbolBlock block) {
    this.block = block;
  }

  /**
   * Loads the source of a class.
   *
   * @param owner the class with the name of the source's only class
   * @param resource the file name of the source, next to the owner
   * @throws UncheckedIOException if the source does not exist
   */
  public static TorchModule load(Class<?> owner, String resource) {
    try {
      byte[] archive = TorchScriptArchive.pack(owner, resource);
      return new TorchModule(
          JniUtils.loadModule(
              (PtNDManager) CONSTANTS, new ByteArrayInputStream(archive), false, false));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot load " + resource, e);
    }
  }

  /**
   * Runs a method that returns one array.
   *
   * @param method the name of the method in the source
   * @param arrays the arguments, at least one
   * @return the result, which belongs to the manager of {@code arrays[0]} and to the innermost
   *     {@link ArrayScope} of the thread
   */
  public NDArray call(String method, NDArray... arrays) {
    OPTIMIZER_OFF.get();
    NDList arguments = new NDList(arrays);
    arguments.add(methods.computeIfAbsent(method, TorchModule::makeMethodName));
    // "Training" only keeps DJL from entering inference mode, whose results autograd refuses later.
    return IValueUtils.forward(block, arguments, true).singletonOrThrow();
  }

  /** Returns a number as an argument, kept for later calls with the same number. */
  public static NDArray number(long value) {
    return NUMBERS.computeIfAbsent(value, key -> keepConstant(CONSTANTS.create(value)));
  }

  /** Returns a number as an argument, kept for later calls with the same number. */
  public static NDArray number(double value) {
    return NUMBERS.computeIfAbsent(value, key -> keepConstant(CONSTANTS.create(value)));
  }

  /** Makes a number that is unlikely to be used twice; the caller closes it. */
  static NDArray newNumber(long value) {
    return CONSTANTS.create(value);
  }

  /** Makes one argument (N), float64, of numbers; the caller closes it. */
  static NDArray newArray(double[] values) {
    return CONSTANTS.create(values);
  }

  /** Makes one argument (N), int64, of whole numbers; the caller closes it. */
  static NDArray newArray(long[] values) {
    return CONSTANTS.create(values);
  }

  private static NDArray makeMethodName(String method) {
    NDArray name = keepConstant(CONSTANTS.create(0));
    name.setName("module_method:" + method);
    return name;
  }

  /** Keeps a process-wide constant out of the scope that is open when it is made. */
  private static NDArray keepConstant(NDArray array) {
    NDScope.unregister(array);
    return array;
  }
}
