package io.boxwright.job.input;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.StringSerializer;

/**
 * One file of a prompt table.
 *
 * @param name the path below the folder that all files of the table share; no secret, even if it
 *     looks like one, as {@code token=5/part-0.parquet} does
 * @param bytes the length in bytes
 * @param rows the number of prompts
 * @param sha256 the SHA-256 of the content, in hexadecimal
 */
public record PromptFile(
    @JsonSerialize(using = StringSerializer.class) String name,
    long bytes,
    long rows,
    String sha256) {}
