package io.boxwright.job.evaluation;

import java.io.Serializable;

/**
 * A chunk's file of an image table.
 *
 * @param path the path of the file
 * @param rows the digest of its rows, as its footer has it
 */
public record ImageFile(String path, String rows) implements Serializable {}
