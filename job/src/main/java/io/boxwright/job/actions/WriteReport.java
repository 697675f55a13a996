package io.boxwright.job.actions;

import io.boxwright.job.evaluation.EvaluatedRows;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.JobDescription;
import io.boxwright.job.input.PathNames;
import io.boxwright.job.input.ResolvedPath;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.Versions;
import io.boxwright.job.output.WholeFiles;
import io.boxwright.job.page.FigureTable;
import io.boxwright.job.page.FigureTables;
import io.boxwright.job.page.GallerySource;
import io.boxwright.job.page.ImageNumbersReader;
import io.boxwright.job.page.Page;
import io.boxwright.job.page.PageRun;
import io.boxwright.job.page.PageScore;
import io.boxwright.job.page.PageScores;
import io.boxwright.job.page.PageWriter;
import io.boxwright.job.page.RunEvaluation;
import io.boxwright.job.page.RunNumbers;
import io.boxwright.text.Printable;
import io.boxwright.udf.executor.FileSystems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The action that writes a page about runs: their settings, figures and scores side by side, and
 * some of their images. The numbers are read without pixels; pixels are only read of the images
 * that the page shows. Runs need not be finished or evaluated.
 */
public final class WriteReport {

  /** The largest number of runs on a page. */
  public static final int MOST_RUNS = 8;

  private static final String TITLE = "Boxwright report";

  private final SparkSession spark;
  private final Configuration configuration;
  private List<String> runs = List.of();
  private String evaluation;
  private String title = TITLE;
  private String output;

  /** Runs on a session. */
  public WriteReport(SparkSession spark) {
    this.spark = spark;
    this.configuration = spark.sparkContext().hadoopConfiguration();
  }

  /** Sets the output folders of the runs, 1 to {@value #MOST_RUNS}. Required. */
  public WriteReport runs(List<String> folders) {
    runs = List.copyOf(folders);
    return this;
  }

  /** Sets the name of the evaluation that the page shows; null for all of them, the default. */
  public WriteReport evaluation(String name) {
    evaluation = name;
    return this;
  }

  /** Sets the title of the page. */
  public WriteReport title(String text) {
    title = text;
    return this;
  }

  /** Sets the file, which is replaced if it exists. Required. */
  public WriteReport output(String file) {
    output = file;
    return this;
  }

  /**
   * Reads the runs and writes the page.
   *
   * @return the path of the file
   * @throws InvalidInputException before anything is written, if the number of runs is not 1 to
   *     {@value #MOST_RUNS}, a folder holds no run or is named twice, no run has the evaluation, or
   *     the file cannot be one
   * @throws UncheckedIOException if a file system fails
   */
  public String execute() {
    return JobDescription.during(spark.sparkContext(), "Report: " + output, this::makeReport);
  }

  private String makeReport() {
    List<ReportedRun> reported = findRuns();
    Path file = checkOutput(reported);
    write(file, PageWriter.toHtml(makePage(reported)));
    return file.toString();
  }

  private List<ReportedRun> findRuns() {
    if (runs.isEmpty() || runs.size() > MOST_RUNS) {
      throw new InvalidInputException(
          "A report is about 1 to %d runs, not %d".formatted(MOST_RUNS, runs.size()));
    }
    List<ReportedRun> found = new ArrayList<>();
    Set<ResolvedPath> paths = new HashSet<>();
    for (String run : runs) {
      RunFolder folder = RunFolder.of(configuration, run);
      if (!paths.add(folder.resolvedPath())) {
        throw new InvalidInputException("The run %s is named twice".formatted(folder.path()));
      }
      found.add(ReportedRun.find(folder, spark));
    }
    Set<String> names = new TreeSet<>();
    found.forEach(run -> names.addAll(run.evaluations().keySet()));
    if (evaluation != null && !names.contains(evaluation)) {
      throw new InvalidInputException(
          "No run has a finished evaluation %s; there %s"
              .formatted(
                  Printable.value(evaluation),
                  names.isEmpty() ? "is none" : "is " + String.join(", ", names)));
    }
    return found;
  }

  private Path checkOutput(List<ReportedRun> reported) {
    Path file;
    FileSystem fileSystem;
    try {
      file = PathNames.parse(configuration, Objects.requireNonNull(output, "output"));
      fileSystem = FileSystems.of(file, configuration);
    } catch (IOException | IllegalArgumentException e) { // unknown file systems, invalid names
      throw refuse(e.getMessage(), e);
    }
    try {
      if (fileSystem.exists(file) && fileSystem.getFileStatus(file).isDirectory()) {
        throw refuse("it is a folder", null);
      }
      if (fileSystem instanceof LocalFileSystem local) {
        file = followLink(local.pathToFile(file).toPath(), file);
      }
      Path folder = fileSystem.makeQualified(file).getParent();
      if (folder == null || !fileSystem.exists(folder)) {
        throw refuse("there is no folder " + folder, null);
      }
    } catch (IOException e) {
      throw cannotWrite(e);
    }
    ResolvedPath target = ResolvedPath.of(fileSystem, file);
    for (ReportedRun run : reported) {
      if (run.folder().resolvedPath().holds(target)) {
        throw refuse(
            "it is inside the run %s; name a file elsewhere".formatted(run.folder().path()), null);
      }
    }
    return file;
  }

  /** Follows a link, so that the file behind it is replaced and not the link. */
  private Path followLink(java.nio.file.Path local, Path file) throws IOException {
    if (!Files.exists(local)) {
      return file;
    }
    if (!Files.isRegularFile(local)) {
      throw refuse("it is no regular file", null);
    }
    return Files.isSymbolicLink(local) ? new Path(local.toRealPath().toUri()) : file;
  }

  private InvalidInputException refuse(String problem, Exception cause) {
    return new InvalidInputException("Cannot write %s: %s".formatted(output, problem), cause);
  }

  private void write(Path file, byte[] bytes) {
    try {
      FileSystem fileSystem = FileSystems.of(file, configuration);
      Path target = fileSystem.makeQualified(file);
      String staged = ".%s.%s".formatted(target.getName(), UUID.randomUUID());
      new WholeFiles(fileSystem)
          .replace(target, new Path(target.getParent(), staged), bytes, () -> {});
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private UncheckedIOException cannotWrite(IOException e) {
    return new UncheckedIOException("Cannot write %s: %s".formatted(output, e.getMessage()), e);
  }

  private Page makePage(List<ReportedRun> reported) {
    List<String> names = nameRuns(reported);
    Set<String> evaluations = new TreeSet<>();
    reported.forEach(run -> evaluations.addAll(run.evaluations().keySet()));
    if (evaluation != null) {
      evaluations.retainAll(Set.of(evaluation));
    }
    List<FigureTable> figures = new ArrayList<>();
    evaluations.forEach(name -> figures.addAll(compareFigures(name, reported)));
    PageScores scores = readScores(reported, names, chooseDetections(evaluations, reported));
    List<PageRun> facts = new ArrayList<>(); // last: they have the notes of the other parts
    for (int i = 0; i < reported.size(); i++) {
      facts.add(reported.get(i).describe(names.get(i)));
    }
    return new Page(
        title,
        Instant.now().toString(),
        Versions.boxwright(),
        facts,
        Arrays.stream(PageScore.values()).map(PageScore::text).toList(),
        figures,
        scores.histograms(),
        scores.scatter(),
        scores.breakdowns(),
        scores.gallery());
  }

  /** Names runs by their folders; by their whole paths if two folders have the same name. */
  private static List<String> nameRuns(List<ReportedRun> reported) {
    List<String> names =
        reported.stream().map(run -> new Path(run.folder().path()).getName()).toList();
    return new HashSet<>(names).size() == names.size()
        ? names
        : reported.stream().map(run -> run.folder().path()).toList();
  }

  private List<FigureTable> compareFigures(String name, List<ReportedRun> reported) {
    List<RunEvaluation> evaluations = new ArrayList<>();
    for (int i = 0; i < reported.size(); i++) {
      ReportedRun run = reported.get(i);
      if (run.evaluations().containsKey(name)) {
        evaluations.add(
            new RunEvaluation(
                i, run.evaluations().get(name), () -> EvaluatedRows.read(run.evaluation(name))));
      }
    }
    return FigureTables.of(name, evaluations);
  }

  /**
   * Returns whether a run has the detections of an evaluation, made in the same way as those of the
   * first run that has it. Other ones cannot be compared.
   */
  private static boolean hasSameDetections(
      ReportedRun run, String name, List<ReportedRun> reported) {
    return run.hasDetections(name)
        && reported.stream()
            .filter(first -> first.hasDetections(name))
            .map(first -> first.evaluations().get(name))
            .limit(1)
            .allMatch(first -> first.isComparable(run.evaluations().get(name)));
  }

  /** Returns whether a run's own scores are those of the same detector as in the first such run. */
  private static boolean hasSameDetector(ReportedRun run, List<ReportedRun> reported) {
    return reported.stream()
        .filter(ReportedRun::hasOwnDetections)
        .limit(1)
        .anyMatch(run::hasSameDetector);
  }

  /**
   * Chooses the evaluation that most runs have, the first one by name of several. Nothing if more
   * runs have the column {@code detection}: scores of different detectors cannot be compared.
   */
  private static Optional<String> chooseDetections(
      Set<String> evaluations, List<ReportedRun> reported) {
    Optional<String> chosen = Optional.empty();
    long most = reported.stream().filter(run -> hasSameDetector(run, reported)).count() - 1;
    for (String name : evaluations) {
      long count = reported.stream().filter(run -> hasSameDetections(run, name, reported)).count();
      if (count > Math.max(0, most)) {
        chosen = Optional.of(name);
        most = count;
      }
    }
    return chosen;
  }

  private PageScores readScores(
      List<ReportedRun> reported, List<String> names, Optional<String> detections) {
    List<RunNumbers> numbers = new ArrayList<>();
    List<GallerySource> sources = new ArrayList<>();
    for (int i = 0; i < reported.size(); i++) {
      ReportedRun run = reported.get(i);
      Optional<Dataset<Row>> evaluated =
          detections.isPresent()
              ? Optional.of(findEvaluated(run, detections.get(), reported))
              : findOwnDetections(run, names, reported);
      numbers.add(
          run.hasImages()
              ? ImageNumbersReader.read(i, run.images(), evaluated)
              : new RunNumbers(i, List.of()));
      sources.add(
          new GallerySource(
              i, run.hasImages() ? Optional.of(run.images()) : Optional.empty(), evaluated));
    }
    return PageScores.of(numbers, sources, describeDetections(detections, numbers));
  }

  private Dataset<Row> findEvaluated(ReportedRun run, String name, List<ReportedRun> reported) {
    return hasSameDetections(run, name, reported)
        ? run.evaluation(name)
        : EvaluatedRows.none(spark);
  }

  /** Returns nothing for the run's own scores; no scores at all if they cannot be compared. */
  private Optional<Dataset<Row>> findOwnDetections(
      ReportedRun run, List<String> names, List<ReportedRun> reported) {
    if (!run.hasOwnDetections() || hasSameDetector(run, reported)) {
      return Optional.empty();
    }
    int first =
        reported.indexOf(
            reported.stream().filter(ReportedRun::hasOwnDetections).findFirst().orElseThrow());
    run.addNote(
        "Its own detections are not shown: its detector has other settings than that of \"%s\""
            .formatted(names.get(first)));
    return Optional.of(EvaluatedRows.none(spark));
  }

  private static String describeDetections(Optional<String> detections, List<RunNumbers> numbers) {
    if (detections.isPresent()) {
      return "evaluation \"%s\"".formatted(detections.get());
    }
    boolean detected =
        numbers.stream()
            .flatMap(run -> run.images().stream())
            .anyMatch(image -> image.iou() != null);
    return detected ? "the runs' own detector (column detection)" : null;
  }
}
