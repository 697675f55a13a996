package io.boxwright.diffusion.guidance;

import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.Conditioning;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.schedulers.Scheduler;
import java.util.List;

/**
 * The parts of a pipeline that a guidance uses in one batch. All of them belong to the pipeline.
 *
 * @param denoiser the denoiser whose attention may be read; a guidance leaves its processors as
 *     they were
 * @param layouts the objects of each of B rows; a row without objects is left alone
 * @param conditioning the states of the rows' prompts, without the unconditional half
 * @param scheduler the scheduler of the run, with its timesteps set
 * @param batchShape the rule for which rows the guided passes have
 */
public record GuidanceContext(
    Denoiser denoiser,
    List<List<LayoutObject>> layouts,
    Conditioning conditioning,
    Scheduler scheduler,
    BatchShape batchShape) {}
