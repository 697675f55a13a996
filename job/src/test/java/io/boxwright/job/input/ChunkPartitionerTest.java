package io.boxwright.job.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunkPartitionerTest {

  @Test
  void aPositionBelongsToThePartitionOfItsChunk() {
    ChunkPartitioner partitioner = new ChunkPartitioner(List.of(2, 5), 10);

    assertThat(partitioner.numPartitions()).isEqualTo(2);
    assertThat(partitioner.getPartition(20L)).isZero();
    assertThat(partitioner.getPartition(29L)).isZero();
    assertThat(partitioner.getPartition(50L)).isEqualTo(1);
  }

  @Test
  void refusesChunksThatAreNotInTheirOrder() {
    assertThatThrownBy(() -> new ChunkPartitioner(List.of(5, 2), 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Chunks are not in their order");
    assertThatThrownBy(() -> new ChunkPartitioner(List.of(2, 2), 10))
        .hasMessage("Chunks are not in their order");
  }

  /** Each of a hundred thousand tasks reads it. */
  @Test
  void tasksReadFourBytesForEachChunk() throws Exception {
    List<Integer> chunks = IntStream.range(0, 100_000).boxed().toList();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new ChunkPartitioner(chunks, 1));
    }

    assertThat(bytes.size()).isLessThan(4 * chunks.size() + 1000);
  }
}
