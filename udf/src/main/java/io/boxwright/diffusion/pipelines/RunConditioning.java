package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.models.Conditioning;
import io.boxwright.torch.ArrayScope;
import java.util.Optional;

/**
 * The conditioning of a run, which a callback may change between its steps. The manager of the run
 * owns its arrays.
 */
final class RunConditioning {

  private Conditioning conditional; // B rows
  private Optional<Conditioning> unconditional; // B rows
  private Conditioning both; // B or 2B rows

  /**
   * Starts with the conditioning of the prompts.
   *
   * @param conditional the conditioning on the prompts, B rows
   * @param unconditional the conditioning on the negative prompts, B rows; empty without
   *     classifier-free guidance
   */
  RunConditioning(Conditioning conditional, Optional<Conditioning> unconditional) {
    this.conditional = conditional;
    this.unconditional = unconditional;
    this.both = unconditional.map(conditional::after).orElse(conditional);
  }

  /** Returns whether there are negative prompts, for classifier-free guidance. */
  boolean hasUnconditional() {
    return unconditional.isPresent();
  }

  /** Returns the conditioning on the prompts alone, B rows. */
  Conditioning conditional() {
    return conditional;
  }

  /**
   * Returns the conditioning for classifier-free guidance, 2B rows, the negative prompts first;
   * without such guidance the conditioning on the prompts, B rows.
   */
  Conditioning both() {
    return both;
  }

  /** Returns the tensors for a callback, with the latents of a step, (B, C, h, w). */
  CallbackTensors tensors(NDArray latents) {
    return new CallbackTensors(
        latents, conditional.promptEmbeds(), unconditional.map(Conditioning::promptEmbeds));
  }

  /**
   * Takes over the states that a callback returned.
   *
   * @param step the scope of the step, in which the callback made them
   * @return whether there were others than before
   * @throws IllegalArgumentException naming the states that are missing or do not fit
   */
  boolean update(CallbackTensors returned, ArrayScope step) {
    CallbackTensors before = tensors(returned.latents());
    if (returned.promptEmbeds() == before.promptEmbeds()
        && returned.negativePromptEmbeds().orElse(null)
            == before.negativePromptEmbeds().orElse(null)) { // equals compares the numbers
      return false;
    }
    if (returned.negativePromptEmbeds().isPresent() != unconditional.isPresent()) {
      throw new IllegalArgumentException(
          "Invalid negative_prompt_embeds: there are some with classifier-free guidance only");
    }
    conditional = replace("prompt_embeds", conditional, returned.promptEmbeds(), step);
    unconditional =
        unconditional.map(
            half ->
                replace(
                    "negative_prompt_embeds",
                    half,
                    returned.negativePromptEmbeds().orElseThrow(),
                    step));
    both = unconditional.map(half -> keep(conditional.after(half), step)).orElse(conditional);
    return true;
  }

  private static Conditioning replace(
      String name, Conditioning before, NDArray states, ArrayScope step) {
    if (states == before.promptEmbeds()) {
      return before;
    }
    InputChecks.requireShape(name, states, before.promptEmbeds().getShape());
    NDArray typed = states.toType(before.promptEmbeds().getDataType(), false);
    return new Conditioning(step.keep(typed), before.images(), before.guidanceScale()); // (B, T, D)
  }

  private static Conditioning keep(Conditioning joined, ArrayScope step) {
    step.keep(joined.promptEmbeds());
    joined
        .images()
        .ifPresent(
            pictures -> {
              step.keep(pictures.states());
              step.keep(pictures.scales());
            });
    return joined;
  }
}
