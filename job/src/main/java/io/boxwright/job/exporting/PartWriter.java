package io.boxwright.job.exporting;

import io.boxwright.job.output.ExportFolder;
import io.boxwright.udf.counters.GenerationCounters;
import io.boxwright.udf.table.ImageOutcome;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** The work of a task: it writes the files of the images of a part, those that are not there. */
public final class PartWriter implements Function<Part, Long> {

  private static final long serialVersionUID = 1;

  private final String path;
  private final DatasetFacts facts;
  private final SourceImages sources;
  private final SerializableConfiguration hadoop;
  private final GenerationCounters counters;

  private PartWriter(
      String path,
      DatasetFacts facts,
      SourceImages sources,
      SerializableConfiguration hadoop,
      GenerationCounters counters) {
    this.path = path;
    this.facts = facts;
    this.sources = sources;
    this.hadoop = hadoop;
    this.counters = counters;
  }

  /**
   * Writes all parts, each in a task.
   *
   * @param folder the output folder
   * @param counters the counters of images
   * @return the number of images whose files were written now
   */
  public static long writeAll(
      SparkSession spark,
      ExportFolder folder,
      ExportPlan plan,
      List<ExportedRun> runs,
      GenerationCounters counters) {
    PartWriter task =
        new PartWriter(
            folder.path(),
            plan.facts(),
            SourceImages.of(runs),
            new SerializableConfiguration(
                folder.configureTasks(spark.sparkContext().hadoopConfiguration())),
            counters);
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(plan.parts(), plan.parts().size())
        .map(task)
        .reduce(Long::sum);
  }

  @Override
  public Long call(Part part) throws IOException {
    counters.start(TaskContext.get().taskAttemptId());
    Configuration configuration = hadoop.value();
    ExportFolder folder = ExportFolder.of(configuration, path);
    DatasetFormat format = DatasetFormats.of(facts.options().get("format"));
    List<SelectedImage> images = new SelectionFile(folder).read(part);
    return format.isSharded()
        ? writeShard(part, images, format, folder)
        : writeFiles(images, format, folder);
  }

  private long writeShard(
      Part part, List<SelectedImage> images, DatasetFormat format, ExportFolder folder) {
    String name = "%s/%05d.tar".formatted(part.split(), part.number());
    boolean there = folder.has(name);
    if (there) {
      images.forEach(image -> count());
    } else {
      folder.write(name, out -> writeMembers(out, images, format));
    }
    return there ? 0 : images.size();
  }

  private void writeMembers(OutputStream out, List<SelectedImage> images, DatasetFormat format)
      throws IOException {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
    sources.forEach(
        hadoop.value(),
        images,
        (image, png) -> {
          addMember(tar, format.imagePath(image), png);
          for (Map.Entry<String, byte[]> file : format.makeSideFiles(image, facts).entrySet()) {
            addMember(tar, file.getKey(), file.getValue());
          }
          count();
        });
    tar.finish(); // not closed, because that would close out
    tar.flush();
  }

  /** Adds a member without owner and time, so that the same members give the same bytes. */
  private static void addMember(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    entry.setModTime(0);
    entry.setNames("", "");
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private long writeFiles(List<SelectedImage> images, DatasetFormat format, ExportFolder folder)
      throws IOException {
    List<SelectedImage> missing = new ArrayList<>();
    for (SelectedImage image : images) {
      boolean there =
          folder.has(format.imagePath(image))
              && format.makeSideFiles(image, facts).keySet().stream().allMatch(folder::has);
      if (there) {
        count();
      } else {
        missing.add(image);
      }
    }
    sources.forEach(
        hadoop.value(),
        missing,
        (image, png) -> {
          for (Map.Entry<String, byte[]> file : format.makeSideFiles(image, facts).entrySet()) {
            folder.write(file.getKey(), out -> out.write(file.getValue()));
          }
          folder.write(format.imagePath(image), out -> out.write(png));
          count();
        });
    return missing.size();
  }

  private void count() {
    counters.count(new ImageOutcome(null, List.of(), null, false, 0));
  }
}
