package io.boxwright.diffusion.guidance;

import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.Conditioning;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.schedulers.Scheduler;
import java.util.List;

/**
 * What a guidance works with in one batch. All of it belongs to the pipeline.
 *
 * @param denoiser whose attention may be read; its processors are to be left as they were
 * @param layouts the objects of each of B rows; a row without any is left alone
 * @param conditioning the prompts' states of the rows, without the unconditional half
 * @param scheduler of the run, its timesteps set
 * @param batchShape which rows the guided passes have
 */
public record GuidanceContext(
    Denoiser denoiser,
    List<List<LayoutObject>> layouts,
    Conditioning conditioning,
    Scheduler scheduler,
    BatchShape batchShape) {}
