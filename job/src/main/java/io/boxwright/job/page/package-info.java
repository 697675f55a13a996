/**
 * The page that {@code boxwright report} writes: its data as records, read from the image tables
 * and evaluations of runs without their pixels, and one HTML file with everything in it. Texts of
 * others are only data there; the page's script never takes them for markup.
 */
package io.boxwright.job.page;
