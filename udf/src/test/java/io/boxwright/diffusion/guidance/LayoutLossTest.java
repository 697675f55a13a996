package io.boxwright.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.attention.MapSize;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.GradientTape;
import io.boxwright.torch.LibTorch;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The loss worked out by hand, on latents of 4 x 4 whose maps are 4 x 4 and 2 x 2. */
class LayoutLossTest {

  private static final BoundingBox LEFT_HALF = new BoundingBox(0, 0, 0.5, 1);
  private static final BoundingBox TOP_HALF = new BoundingBox(0, 0, 1, 0.5);

  private final GradMode gradMode = GradMode.disabled();
  private final NDManager manager = LibTorch.newManager(Device.cpu());

  @AfterEach
  void close() {
    manager.close();
    gradMode.close();
  }

  @Test
  void uniformAttentionLosesByTheShareOutsideTheBox() {
    NDArray map = manager.ones(new Shape(2, 3, 16, 5)).div(5); // (B, heads, N, T)

    // Half of the cells lie inside: (1 - 0.5)^2.
    assertThat(losses(BackwardGuidance.paper(), List.of(map), leftHalf(1), leftHalf(3)))
        .containsExactly(new float[] {0.25f, 0.25f}, within(1e-6f));
  }

  @Test
  void rowsHaveLossesOfTheirOwn() {
    NDArray map = manager.zeros(new Shape(2, 3, 16, 5));
    fill(map, 0, 1, 0); // the first row attends to the top left cell: inside
    fill(map, 1, 1, 3); // the second one to the top right cell: outside

    assertThat(losses(BackwardGuidance.paper(), List.of(map), leftHalf(1), leftHalf(1)))
        .containsExactly(new float[] {0, 1}, within(1e-6f));
  }

  @Test
  void objectsTokensAndMapsAreAveraged() {
    NDArray fine = manager.zeros(new Shape(2, 3, 16, 5));
    NDArray coarse = manager.zeros(new Shape(2, 3, 4, 5));
    for (int row = 0; row < 2; row++) {
      fill(fine, row, 1, 0); // inside the left half
      fill(fine, row, 2, 3); // outside the left half
      fill(fine, row, 3, 15); // outside the top half
      fill(coarse, row, 1, 0);
      fill(coarse, row, 2, 0); // inside
      fill(coarse, row, 3, 0); // inside
    }
    List<LayoutObject> objects =
        List.of(
            new LayoutObject("", List.of(1, 2), List.of(LEFT_HALF)),
            new LayoutObject("", List.of(3), List.of(TOP_HALF)));

    // fine: (mean(0, 1) + 1) / 2 = 0.75; coarse: 0
    assertThat(losses(BackwardGuidance.paper(), List.of(fine, coarse), objects, leftHalf(1)))
        .containsExactly(new float[] {0.375f, 0}, within(1e-6f));
  }

  @Test
  void allOfManyObjectsCount() {
    NDArray map = manager.zeros(new Shape(2, 3, 16, 5));
    for (int row = 0; row < 2; row++) {
      fill(map, row, 1, 0); // inside the left half
      fill(map, row, 2, 3); // outside
    }
    int[] tokens = new int[40];
    Arrays.fill(tokens, 1);
    tokens[0] = 2;
    tokens[17] = 2;
    tokens[39] = 2;

    assertThat(losses(BackwardGuidance.paper(), List.of(map), objects(tokens), objects(2)))
        .containsExactly(new float[] {3 / 40f, 1}, within(1e-6f));
  }

  @Test
  void tflcgReadsTheSecondHalfOfTheHeads() {
    NDArray map = manager.zeros(new Shape(2, 2, 16, 5));
    map.set(new NDIndex(":, 0, 3, 1"), 1f); // the first head misses
    map.set(new NDIndex(":, 1, 0, 1"), 1f); // the second one hits

    assertThat(losses(BackwardGuidance.tflcg(), List.of(map), leftHalf(1), leftHalf(1)))
        .containsExactly(new float[] {0, 0}, within(1e-6f));
    assertThat(losses(BackwardGuidance.paper(), List.of(map), leftHalf(1), leftHalf(1)))
        .containsExactly(new float[] {0.5f, 0.5f}, within(1e-6f));
  }

  @Test
  void severalBoxesOfAnObjectAreTheirUnion() {
    NDArray map = manager.ones(new Shape(2, 3, 16, 5)).div(5);
    LayoutObject both = new LayoutObject("", List.of(1), List.of(LEFT_HALF, TOP_HALF));

    assertThat(losses(BackwardGuidance.paper(), List.of(map), List.of(both), leftHalf(1)))
        .containsExactly(new float[] {0.0625f, 0.25f}, within(1e-6f));
  }

  @Test
  void smallBoxesHaveAGradientInThePaperPresetOnly() {
    NDArray map = manager.ones(new Shape(2, 3, 16, 5)).div(5);
    LayoutObject small =
        new LayoutObject("", List.of(1), List.of(new BoundingBox(0.3, 0.3, 0.35, 0.35)));

    float expected = (float) Math.pow(1 - 1 / 16.0, 2);
    assertThat(losses(BackwardGuidance.paper(), List.of(map), List.of(small), leftHalf(1))[0])
        .isCloseTo(expected, within(1e-6f));
    assertThat(losses(BackwardGuidance.tflcg(), List.of(map), List.of(small), leftHalf(1))[0])
        .isEqualTo(1);
  }

  @Test
  void gradientsOfARowAreTheSameWhateverTheOtherRowsAre() {
    List<LayoutObject> row = objects(1, 2, 3);
    NDArray map = manager.randomNormal(new Shape(2, 8, 256, 77)).softmax(-1);

    for (List<LayoutObject> other :
        List.of(objects(1), objects(1, 2, 3, 4, 5), objects(new int[40]))) {
      assertThat(gradient(map, row, other))
          .as("beside %d objects", other.size())
          .isEqualTo(gradient(map, row, List.of()));
    }
  }

  private static List<LayoutObject> objects(int... tokens) {
    return Arrays.stream(tokens).mapToObj(token -> leftHalf(token).get(0)).toList();
  }

  /** Computes the gradient of the loss for the first row's map. */
  private float[] gradient(NDArray map, List<LayoutObject> first, List<LayoutObject> second) {
    AttentionLoss loss = BackwardGuidance.paper().loss();
    List<MapSize> sizes = List.of(new MapSize(16, 16));
    try (NDList layouts = loss.prepare(manager, List.of(first, second), sizes);
        GradMode ignored = GradMode.enabled();
        GradientTape tape = new GradientTape()) {
      NDArray x = map.duplicate();
      x.setRequiresGradient(true);
      tape.backward(loss.compute(List.of(x), layouts).sum());
      return x.getGradient().stopGradient().get(0).toFloatArray();
    }
  }

  private static List<LayoutObject> leftHalf(int token) {
    return List.of(new LayoutObject("", List.of(token), List.of(LEFT_HALF)));
  }

  private static void fill(NDArray map, int row, int token, int cell) {
    map.set(new NDIndex(row + ", :, " + cell + ", " + token), 1f);
  }

  private float[] losses(
      BackwardGuidance guidance,
      List<NDArray> maps,
      List<LayoutObject> first,
      List<LayoutObject> second) {
    AttentionLoss loss = guidance.loss();
    List<MapSize> sizes = List.of(new MapSize(4, 4), new MapSize(2, 2));
    try (NDList layouts = loss.prepare(manager, List.of(first, second), sizes)) {
      return loss.compute(maps, layouts).toFloatArray();
    }
  }
}
