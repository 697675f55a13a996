package io.boxwright.job.page;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The tables that the pictures of a run are read from.
 *
 * @param run the place of the run on the page
 * @param images the reader of files of the image table, by their names
 * @param evaluation the scores of the same images; empty without
 */
public record GallerySource(
    int run, Function<List<String>, Dataset<Row>> images, Optional<Dataset<Row>> evaluation) {}
