package io.boxwright.djl;

import ai.djl.Model;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorFactory;
import ai.djl.util.Pair;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import java.io.Serializable;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Set;

/**
 * The translators of {@link BoxwrightEngine}'s models: from {@link GenerationRequest} to {@link
 * GeneratedImage}, and for DJL Serving from an {@link Input} with JSON to an {@link Output} with a
 * PNG.
 */
public final class GeneratedImageTranslatorFactory implements TranslatorFactory, Serializable {

  private static final long serialVersionUID = 1;

  private static final Pair<Type, Type> IMAGES =
      new Pair<>(GenerationRequest.class, GeneratedImage.class);

  private static final Pair<Type, Type> SERVING = new Pair<>(Input.class, Output.class);

  @Override
  public Set<Pair<Type, Type>> getSupportedTypes() {
    return Set.of(IMAGES, SERVING);
  }

  /**
   * Makes a translator.
   *
   * @throws IllegalArgumentException if the model is one of another engine, or the types are others
   */
  @Override
  @SuppressWarnings("unchecked")
  public <I, O> Translator<I, O> newInstance(
      Class<I> input, Class<O> output, Model model, Map<String, ?> arguments) {
    LayoutGuidanceModel own = LayoutGuidanceModel.of(model);
    Pair<Type, Type> types = new Pair<>(input, output);
    if (types.equals(IMAGES)) {
      return (Translator<I, O>) new GeneratedImageTranslator(own);
    }
    if (types.equals(SERVING)) {
      return (Translator<I, O>) new ServingTranslator(own);
    }
    throw new IllegalArgumentException("Unsupported types: " + types);
  }
}
