package io.boxwright.clip;

/**
 * A prompt as the text encoder reads it.
 *
 * @param ids token ids, padded to {@link CLIPTokenizer#MODEL_MAX_LENGTH}
 * @param length how many of them are not padding: start, at most 75 tokens of text, end
 * @param removedText the end of the prompt that did not fit, as diffusers warns of it; empty when
 *     the whole prompt fits
 */
public record TokenizedPrompt(int[] ids, int length, String removedText) {}
