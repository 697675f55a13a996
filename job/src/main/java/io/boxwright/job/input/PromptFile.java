package io.boxwright.job.input;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.StringSerializer;

/**
 * One file of a prompt table.
 *
 * @param name its path below the folder that all files of the table share; no secret, even where it
 *     looks like one, as {@code token=5/part-0.parquet} does
 * @param bytes its length
 * @param rows how many prompts it holds
 * @param sha256 of its content
 */
public record PromptFile(
    @JsonSerialize(using = StringSerializer.class) String name,
    long bytes,
    long rows,
    String sha256) {}
