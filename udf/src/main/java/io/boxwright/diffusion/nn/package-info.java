/** {@code torch.nn}: layers over {@link ai.djl.ndarray.NDArray}. */
package io.boxwright.diffusion.nn;
