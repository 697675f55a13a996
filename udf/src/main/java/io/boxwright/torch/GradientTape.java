package io.boxwright.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * A tape that differentiates through functions that libtorch's autograd does not know. DJL cannot
 * add functions to autograd, so the tape cuts autograd's graph before and after each of them: their
 * inputs and results are variables of their own. {@link #backward} starts from the loss and follows
 * the cuts in reverse order, with autograd between them and {@link DifferentiableFunction#backward}
 * across functions.
 *
 * <p>A tape belongs to its thread from when it is opened until it is closed, and owns what it
 * records. Without such functions it records nothing, and autograd does all the work.
 */
public final class GradientTape implements AutoCloseable {

  private static final ThreadLocal<GradientTape> CURRENT = new ThreadLocal<>();

  private final Deque<Step> steps = new ArrayDeque<>();
  private final Map<NDArray, Variable> variables = new IdentityHashMap<>();

  /** Starts to record in this thread. */
  public GradientTape() {
    if (CURRENT.get() != null) {
      throw new IllegalStateException("This thread has a gradient tape already");
    }
    CURRENT.set(this);
  }

  /** Returns whether this thread has a tape. */
  public static boolean isRecording() {
    return CURRENT.get() != null;
  }

  /** A recorded step, differentiated in reverse order. */
  private interface Step extends AutoCloseable {

    void backward();

    @Override
    void close();
  }

  /** A cut of autograd's graph. */
  private static final class Variable implements Step {

    private final NDArray source;
    private final NDArray leaf;
    private NDArray gradient; // from a function; null where autograd has it

    private Variable(NDArray source, NDArray leaf) {
      this.source = alias(source);
      this.leaf = alias(leaf);
    }

    private NDArray gradient() {
      return gradient == null ? JniUtils.getGradient((PtNDArray) leaf) : gradient;
    }

    private void setGradient(NDArray array) {
      if (gradient != null) {
        gradient.close();
      }
      gradient = ArrayScope.release(array);
    }

    @Override
    public void backward() {
      NDArray ofLeaf = gradient();
      if (ofLeaf != null) {
        JniUtils.backward((PtNDArray) source, (PtNDArray) ofLeaf, false, false);
      }
    }

    @Override
    public void close() {
      source.close();
      leaf.close();
      if (gradient != null) {
        gradient.close();
      }
    }
  }

  /** A function that was applied. */
  private record Application(Variable x, DifferentiableFunction function, NDArray result)
      implements Step {

    @Override
    public void backward() {
      NDArray gradient = JniUtils.getGradient((PtNDArray) result);
      if (gradient != null) {
        x.setGradient(function.backward(x.leaf, gradient, x.gradient()));
      }
    }

    @Override
    public void close() {
      function.close();
      result.close();
    }
  }

  /**
   * Marks an array that goes into a function and is used elsewhere, too. The gradients of all its
   * uses are added up before they go further back. Functions must come before the other uses;
   * otherwise the gradients of the other uses are lost.
   *
   * @param x an array computed from something that requires a gradient
   * @return an array of the same numbers that stands for x from here on; x itself where nothing is
   *     recorded
   */
  public static NDArray variable(NDArray x) {
    GradientTape tape = CURRENT.get();
    return tape == null ? x : tape.cut(x);
  }

  private NDArray cut(NDArray x) {
    if (variables.containsKey(x)) {
      return x;
    }
    NDArray leaf = makeLeaf(x);
    Variable variable = new Variable(x, leaf);
    variables.put(leaf, variable);
    steps.push(variable);
    return leaf;
  }

  private static NDArray makeLeaf(NDArray x) {
    PtNDArray leaf = JniUtils.detachGradient((PtNDArray) x);
    JniUtils.attachGradient(leaf, true);
    return leaf;
  }

  /**
   * Applies a function and closes it when it is no longer needed.
   *
   * @param x a {@link #variable}, or an array that requires a gradient and has no other use
   */
  public static NDArray apply(NDArray x, DifferentiableFunction function) {
    GradientTape tape = CURRENT.get();
    if (tape != null) {
      return tape.record(x, function);
    }
    try (function) {
      return function.forward(x);
    }
  }

  private NDArray record(NDArray x, DifferentiableFunction function) {
    NDArray input = cut(x);
    NDArray result;
    try (GradMode ignored = GradMode.disabled()) {
      result = function.forward(input);
    } catch (RuntimeException e) {
      function.close();
      throw e;
    }
    JniUtils.attachGradient((PtNDArray) result, true);
    steps.push(new Application(variables.get(input), function, alias(result)));
    return result;
  }

  /**
   * Makes another handle of the same array, which the caller closes, because a scope may close the
   * first.
   */
  public static NDArray alias(NDArray array) {
    return ArrayScope.release(
        JniUtils.to((PtNDArray) array, array.getDataType(), array.getDevice()));
  }

  /**
   * Computes the gradients of a number with respect to everything that requires one. The record is
   * freed on the way, so this works only once.
   *
   * @param scalar the number, of rank 0
   */
  public void backward(NDArray scalar) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      JniUtils.backward((PtNDArray) scalar, (PtNDArray) scalar.onesLike(), false, false);
    }
    while (!steps.isEmpty()) {
      try (Step step = steps.pop();
          ArrayScope scope = new ArrayScope();
          GradMode ignored = GradMode.disabled()) {
        scope.suppressNotUsedWarning();
        step.backward();
      }
    }
  }

  @Override
  public void close() {
    CURRENT.remove();
    steps.forEach(Step::close);
    steps.clear();
  }
}
