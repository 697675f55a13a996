/**
 * The detectors OWL-ViT and OWLv2, which find objects by any words: {@link
 * io.boxwright.diffusion.detection.owlvit.OwlViTDetector} reads a folder as HuggingFace
 * transformers saves it. The two differ in the preparation of images only.
 *
 * <p>Minderer et al., <a href="https://arxiv.org/abs/2205.06230">Simple Open-Vocabulary Object
 * Detection with Vision Transformers</a>, 2022, and <a
 * href="https://arxiv.org/abs/2306.09683">Scaling Open-Vocabulary Object Detection</a>, 2023.
 */
package io.boxwright.diffusion.detection.owlvit;
