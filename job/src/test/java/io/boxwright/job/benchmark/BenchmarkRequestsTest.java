package io.boxwright.job.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.LayoutGuidanceStableDiffusionPipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.udf.executor.ModelFolder;
import io.boxwright.udf.generate.BatchSize;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkRequestsTest {

  @TempDir private Path cache;

  @Test
  void everyRowHasTwoObjectsInBoxesOfItsOwn() {
    BenchmarkSettings settings =
        new BenchmarkSettings(GenerationOptions.defaults(), BatchSize.of(1), 1, 1, 0, 1);
    BenchmarkModel model =
        BenchmarkModel.of(ModelFolder.of("random:tiny", cache), PretrainedOptions.cpu());
    try (LayoutGuidanceStableDiffusionPipeline pipeline = model.load()) {
      List<GenerationRequest> requests = BenchmarkRequests.create(pipeline, 50);

      assertThat(requests).allMatch(request -> request.objects().size() == 2);
      assertThat(requests)
          .extracting(request -> request.objects().get(0).boxes())
          .doesNotHaveDuplicates();
      assertThat(requests.subList(0, 49))
          .extracting(GenerationRequest::prompt)
          .doesNotHaveDuplicates();
      for (GenerationRequest request : requests) {
        assertThatCode(() -> pipeline.checkRequest(request, settings.guidance()))
            .doesNotThrowAnyException();
      }
    }
  }
}
