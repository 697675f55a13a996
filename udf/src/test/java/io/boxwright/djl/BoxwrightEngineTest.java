package io.boxwright.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import io.boxwright.diffusion.guidance.Guidances;
import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.loading.Lora;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.LayoutGuidanceStableDiffusionPipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoxwrightEngineTest {

  private static final List<LayoutObject> LAYOUT =
      List.of(new LayoutObject("circle", List.of(3), List.of(new BoundingBox(0, 0, 0.5, 0.5))));

  private static final List<GenerationRequest> REQUESTS =
      List.of(
          new GenerationRequest("a red circle", 1, LAYOUT),
          new GenerationRequest("a blue star", 2, List.of()));

  private static final String JSON =
      "{\"prompt\": \"a red circle\", \"phrases\": [\"circle\"], \"bboxes\": [[0, 0, 0.5, 0.5]],"
          + " \"seed\": 1}";

  private static <I, O> Criteria.Builder<I, O> criteria(Class<I> input, Class<O> output) {
    return Criteria.builder()
        .setTypes(input, output)
        .optModelPath(TinyModel.FOLDER)
        .optEngine(BoxwrightEngine.NAME)
        .optDevice(Device.cpu())
        .optTranslatorFactory(new GeneratedImageTranslatorFactory())
        .optArgument("num_inference_steps", 2)
        .optArgument("guidance", "paper")
        .optArgument("guidance.loss_scale", 20);
  }

  private static Criteria.Builder<GenerationRequest, GeneratedImage> images() {
    return criteria(GenerationRequest.class, GeneratedImage.class);
  }

  private static List<GeneratedImage> generateWithPipeline() {
    Lora lora = new Lora(Fixtures.path("loras/kohya.safetensors"), 0.5);
    try (var pipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(
            TinyModel.FOLDER, PretrainedOptions.cpu().withLoras(List.of(lora)))) {
      return pipeline.generate(
          REQUESTS.stream().map(one -> one.tokenized(pipeline.tokenizer())).toList(),
          GenerationOptions.defaults().withNumInferenceSteps(2),
          Guidances.of("paper").with("loss_scale", 20));
    }
  }

  @Test
  void aBatchOfThePredictorIsTheBatchOfThePipeline() throws Exception {
    List<GeneratedImage> expected = generateWithPipeline();

    String lora = Fixtures.path("loras/kohya.safetensors") + ":0.5";
    try (ZooModel<GenerationRequest, GeneratedImage> model =
            images().optOption("lora", lora).build().loadModel();
        Predictor<GenerationRequest, GeneratedImage> predictor = model.newPredictor()) {
      List<GeneratedImage> made = predictor.batchPredict(REQUESTS);

      assertThat(made).hasSize(2);
      for (int i = 0; i < 2; i++) {
        assertThat(PngEncoder.encode(made.get(i).image()))
            .isEqualTo(PngEncoder.encode(expected.get(i).image()));
        assertThat(made.get(i).adherence()).isEqualTo(expected.get(i).adherence());
      }
    }
  }

  @Test
  void servingAnswersJsonWithAPngAndWrongRequestsWithTheirReason() throws Exception {
    try (ZooModel<Input, Output> model = criteria(Input.class, Output.class).build().loadModel();
        Predictor<Input, Output> predictor = model.newPredictor()) {
      List<Output> outputs =
          predictor.batchPredict(
              List.of(
                  input(JSON),
                  input("{\"prompt\": \"a\", \"bboxes\": [[0, 0, 1, 1]]}"),
                  input("{\"promt\": \"a\"}"),
                  input("[")));

      assertThat(outputs).extracting(Output::getCode).containsExactly(200, 400, 400, 400);
      assertThat(outputs.get(0).getProperty("Content-Type", null)).isEqualTo("image/png");
      assertThat(outputs.get(0).getData().getAsBytes()).startsWith(0x89, 'P', 'N', 'G');
      assertThat(outputs.get(1).getMessage())
          .isEqualTo("Invalid layout: bboxes without token_indices or phrases");
      assertThat(outputs.get(2).getMessage()).contains("promt");
      assertThat(outputs.get(3).getMessage()).startsWith("Cannot read the request: ");
    }
  }

  @Test
  void servingPropertiesChooseEngineTranslatorAndOptions(@TempDir Path temp) throws Exception {
    Path folder = TinyModel.copyTo(temp.resolve("model")).folder();
    Files.writeString(
        folder.resolve("serving.properties"),
        "engine=Boxwright\ntranslatorFactory=io.boxwright.djl.GeneratedImageTranslatorFactory\n"
            + "num_inference_steps=2\noption.dtype=float32\n");
    Criteria<Input, Output> criteria =
        Criteria.builder()
            .setTypes(Input.class, Output.class)
            .optModelPath(folder)
            .optArgument("translatorFactory", "io.boxwright.djl.GeneratedImageTranslatorFactory")
            .build();

    try (ZooModel<Input, Output> model = criteria.loadModel();
        Predictor<Input, Output> predictor = model.newPredictor()) {
      assertThat(predictor.predict(input(JSON)).getCode()).isEqualTo(200);
    }
  }

  @Test
  void wrongOptionsArgumentsAndFoldersAreNamed(@TempDir Path empty) {
    assertThatThrownBy(() -> images().optOption("dtyp", "float32").build().loadModel())
        .hasMessageContaining("Unknown option dtyp");
    assertThatThrownBy(() -> images().optOption("safety_check", "off").build().loadModel())
        .hasMessageContaining("safety_check is off, it must be model or none");
    assertThatThrownBy(() -> images().optOption("dtype", "int8").build().loadModel())
        .hasMessageContaining("dtype is int8, it must be float32 or float16");
    assertThatThrownBy(() -> images().optOption("lora", ",").build().loadModel())
        .hasMessageContaining("Invalid LoRA: its name is empty");
    assertThatThrownBy(() -> images().optOption("image_encoder", "x").build().loadModel())
        .hasMessageContaining("image_encoder only serves an ip_adapter");
    assertThatThrownBy(() -> images().optDevice(Device.gpu(99)).build().loadModel())
        .hasMessageStartingWith("There is no gpu(99): PyTorch finds ");
    assertThatThrownBy(() -> images().optArgument("timesteps", "5,x").build().loadModel())
        .hasMessageContaining("timesteps[1] is \"x\", it must be a whole number");
    assertThatThrownBy(() -> images().optArgument("num_inference_steps", 0).build().loadModel())
        .hasMessageContaining("num_inference_steps is 0");
    assertThatThrownBy(() -> images().optArgument("guidance.los", 1).build().loadModel())
        .hasMessageContaining("unknown option los");
    assertThatThrownBy(() -> images().optModelPath(empty).build().loadModel())
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("model_index.json");
  }

  @Test
  void aWrongRequestIsAnErrorOfItsBatch() throws Exception {
    GenerationRequest wrong =
        new GenerationRequest(
            "a circle",
            1,
            List.of(new LayoutObject("x", List.of(70), List.of(new BoundingBox(0, 0, 0.5, 0.5)))));

    try (ZooModel<GenerationRequest, GeneratedImage> model = images().build().loadModel();
        Predictor<GenerationRequest, GeneratedImage> predictor = model.newPredictor()) {
      assertThatThrownBy(() -> predictor.predict(wrong))
          .isInstanceOf(TranslateException.class)
          .hasMessageContaining("70");
    }
  }

  @Test
  void aModelIsLoadedOnceWithOptionsThatAreTextAndMakesImagesUntilItIsClosed() throws Exception {
    GenerationRequest request = REQUESTS.get(1);
    try (Model model = Model.newInstance("tiny", Device.cpu(), BoxwrightEngine.NAME);
        Predictor<GenerationRequest, GeneratedImage> predictor =
            model.newPredictor(
                new GeneratedImageTranslatorFactory()
                    .newInstance(GenerationRequest.class, GeneratedImage.class, model, Map.of()))) {
      assertThatThrownBy(() -> predictor.predict(request))
          .hasMessageEndingWith("The model tiny is not loaded");
      assertThatThrownBy(() -> model.load(TinyModel.FOLDER, null, Map.of("dtype", 32)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Invalid option: dtype is 32, it must be text");

      model.load(TinyModel.FOLDER);
      assertThatThrownBy(() -> model.load(TinyModel.FOLDER))
          .hasMessage("The model tiny is already loaded");
      assertThatThrownBy(() -> predictor.predict(null)).hasMessageEndingWith("The request is null");

      model.close();
      assertThatThrownBy(() -> predictor.predict(request))
          .hasMessageEndingWith("The model tiny is closed");
    }
  }

  @Test
  void pyTorchStaysTheDefaultEngine() {
    assertThat(Engine.getDefaultEngineName()).isEqualTo("PyTorch");
    assertThat(Engine.hasEngine(BoxwrightEngine.NAME)).isTrue();
  }

  private static Input input(String json) {
    Input input = new Input();
    input.add(json);
    return input;
  }
}
