package io.boxwright.job.page;

import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The tables that the pictures of a run are read from.
 *
 * @param run the place of the run on the page
 * @param images the image table, read from files; empty if no image is there
 * @param evaluation the scores of the same images; empty without
 */
public record GallerySource(
    int run, Optional<Dataset<Row>> images, Optional<Dataset<Row>> evaluation) {}
