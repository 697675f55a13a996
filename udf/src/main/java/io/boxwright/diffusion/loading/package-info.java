/**
 * Opens diffusers folders: which parts there are ({@link
 * io.boxwright.diffusion.loading.ModelIndex}), their configuration ({@link
 * io.boxwright.diffusion.loading.JsonConfig}), their weights ({@link
 * io.boxwright.diffusion.loading.StateDict}); and brings them to this host ({@link
 * io.boxwright.diffusion.loading.ModelCache}, {@link io.boxwright.diffusion.loading.BuiltInModel},
 * {@link io.boxwright.diffusion.loading.RandomModel}); says what a model is, byte by byte ({@link
 * io.boxwright.diffusion.loading.ModelFingerprint}, {@link
 * io.boxwright.diffusion.loading.ModelHashes}). Whatever is missing, damaged or unsupported is
 * refused by name with a {@link io.boxwright.diffusion.loading.ModelLoadingException}.
 */
package io.boxwright.diffusion.loading;
