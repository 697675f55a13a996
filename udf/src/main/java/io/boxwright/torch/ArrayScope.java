package io.boxwright.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import java.util.ArrayList;
import java.util.List;

/**
 * The owner of every array that this thread makes until the scope is closed, whatever manager the
 * arrays are attached to: DJL attaches a result to its first operand's manager, which for a weight
 * is the model's. A scope is opened with try-with-resources around each block and step:
 *
 * <pre>{@code
 * try (ArrayScope scope = new ArrayScope()) {
 *   NDArray hidden = norm.forward(x);
 *   return scope.keep(convolution.forward(hidden)); // hidden is freed, the result is not
 * }
 * }</pre>
 *
 * <p>Scopes nest; only the thread that opened one may use or close it, innermost first.
 */
public final class ArrayScope extends NDScope {

  private final List<NDArray> kept = new ArrayList<>();

  /**
   * Hands an array made in this scope to the scope around it or, where there is none, to its
   * manager.
   *
   * @return the same array
   */
  public NDArray keep(NDArray array) {
    unregister(array);
    kept.add(array);
    return array;
  }

  /**
   * Takes an array out of every scope. Its manager or the code that closes it owns it from now on.
   * This is called in the innermost scope, where the array was made.
   *
   * @return the same array
   */
  public static NDArray release(NDArray array) {
    unregister(array);
    return array;
  }

  /**
   * Puts an array that no scope owns into the innermost scope, which closes it.
   *
   * @return the same array
   */
  public static NDArray adopt(NDArray array) {
    register(array);
    return array;
  }

  @Override
  public void close() {
    super.close();
    kept.forEach(NDScope::register);
  }
}
