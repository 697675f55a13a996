package io.boxwright.job.exporting;

import java.io.Serializable;
import java.util.List;

/**
 * An image that may become part of a dataset, without its pixels.
 *
 * @param place where it would be
 * @param prompt the prompt
 * @param seed the seed of its noise
 * @param width the width in pixels
 * @param height the height in pixels
 * @param name the name of its file in the image table
 * @param fulfils whether the condition is true
 * @param rank the value by which the best images are chosen; null if it is unknown
 * @param hash the {@link PerceptualHash}; null if duplicates are kept
 * @param requested the boxes of the layout
 * @param detected the right detections; null if there are none because it was not evaluated
 */
record Candidate(
    Place place,
    String prompt,
    long seed,
    int width,
    int height,
    String name,
    boolean fulfils,
    Double rank,
    Long hash,
    List<ImageBox> requested,
    List<ImageBox> detected)
    implements Serializable {}
