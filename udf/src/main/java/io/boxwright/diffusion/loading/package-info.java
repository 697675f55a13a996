/**
 * Access to folders of diffusers and transformers: their parts ({@link
 * io.boxwright.diffusion.loading.ModelIndex}), their configuration ({@link
 * io.boxwright.diffusion.loading.JsonConfig}) and their weights ({@link
 * io.boxwright.diffusion.loading.StateDict}), from files in diffusers' layout or in one checkpoint
 * under the original names ({@link io.boxwright.diffusion.loading.SingleFile}). LoRAs ({@link
 * io.boxwright.diffusion.loading.Lora}) and textual inversions ({@link
 * io.boxwright.diffusion.loading.TextualInversion}) add to them. This package also brings models to
 * this host ({@link io.boxwright.diffusion.loading.ModelCache}, {@link
 * io.boxwright.diffusion.loading.BuiltInModel}, {@link io.boxwright.diffusion.loading.RandomModel},
 * {@link io.boxwright.diffusion.loading.RandomScorer}) and identifies them byte by byte ({@link
 * io.boxwright.diffusion.loading.ModelFingerprint}, {@link
 * io.boxwright.diffusion.loading.ModelHashes}). A {@link
 * io.boxwright.diffusion.loading.ModelLoadingException} names whatever is missing, damaged or
 * unsupported.
 */
package io.boxwright.diffusion.loading;
