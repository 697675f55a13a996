package io.boxwright.djl;

import ai.djl.ndarray.NDList;
import ai.djl.translate.Batchifier;
import java.util.Arrays;

/** A batchifier of objects: a batch is the list of them. */
final class ObjectBatchifier implements Batchifier {

  private static final long serialVersionUID = 1;

  @Override
  public NDList batchify(NDList[] inputs) {
    NDList batch = new NDList();
    Arrays.stream(inputs).forEach(batch::addAll);
    return batch;
  }

  @Override
  public NDList[] unbatchify(NDList batch) {
    return batch.stream().map(NDList::new).toArray(NDList[]::new);
  }
}
