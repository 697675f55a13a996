/**
 * CLIP, named as in HuggingFace transformers. Its text side turns a prompt into what the UNet
 * attends to: {@link io.boxwright.diffusion.clip.CLIPTokenizer} and {@link
 * io.boxwright.diffusion.clip.CLIPTextModel}. Its vision side is {@link
 * io.boxwright.diffusion.clip.CLIPVisionModel}; {@link io.boxwright.diffusion.clip.CLIPModel}
 * compares images with texts. Models that grew out of CLIP use these parts, too.
 *
 * <p>Radford et al., <a href="https://arxiv.org/abs/2103.00020">Learning Transferable Visual Models
 * From Natural Language Supervision</a>, 2021.
 */
package io.boxwright.diffusion.clip;
