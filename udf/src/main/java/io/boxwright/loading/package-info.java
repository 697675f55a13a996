/**
 * Opens diffusers folders: which parts there are ({@link io.boxwright.loading.ModelIndex}), their
 * configuration ({@link io.boxwright.loading.JsonConfig}), their weights ({@link
 * io.boxwright.loading.StateDict}); and brings them to this host ({@link
 * io.boxwright.loading.ModelCache}, {@link io.boxwright.loading.BuiltInModel}, {@link
 * io.boxwright.loading.RandomModel}); says what a model is, byte by byte ({@link
 * io.boxwright.loading.ModelFingerprint}, {@link io.boxwright.loading.ModelHashes}); and keeps
 * models and native libraries where no other user can write ({@link
 * io.boxwright.loading.PrivateFolder}, {@link io.boxwright.loading.NativeLibraries}). Whatever is
 * missing, damaged or unsupported is refused by name with a {@link
 * io.boxwright.loading.ModelLoadingException}.
 */
package io.boxwright.loading;
