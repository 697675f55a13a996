package io.boxwright.input;

/**
 * One file of a prompt table.
 *
 * @param name its path below the folder that all files of the table share
 * @param bytes its length
 * @param rows how many prompts it holds
 * @param sha256 of its content
 */
public record PromptFile(String name, long bytes, long rows, String sha256) {}
