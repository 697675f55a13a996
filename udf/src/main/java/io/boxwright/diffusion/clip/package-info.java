/**
 * The text side of CLIP, which turns a prompt into what the UNet attends to: {@link
 * io.boxwright.diffusion.clip.CLIPTokenizer} and {@link io.boxwright.diffusion.clip.CLIPTextModel},
 * named as in HuggingFace transformers.
 *
 * <p>Radford et al., <a href="https://arxiv.org/abs/2103.00020">Learning Transferable Visual Models
 * From Natural Language Supervision</a>, 2021.
 */
package io.boxwright.diffusion.clip;
