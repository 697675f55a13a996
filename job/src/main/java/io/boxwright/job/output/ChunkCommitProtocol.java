package io.boxwright.job.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.spark.internal.io.FileCommitProtocol;
import org.apache.spark.internal.io.FileNameSpec;
import org.apache.spark.internal.io.HadoopMapReduceCommitProtocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * The protocol by which Spark's writer finishes files. Partition {@code i} of a job is the {@code
 * i}-th of the chunks that the job makes. Each task finishes its own chunk for good, whatever
 * becomes of the job. Spark creates this class by its name.
 *
 * <p>Attempts write under names of their own. Spark's commit coordinator is not asked, because it
 * fails the job when an executor dies between the permission and the end of the task. It is not
 * needed either: a finished chunk stays as it is, and two attempts make the same chunk.
 */
public final class ChunkCommitProtocol extends HadoopMapReduceCommitProtocol {

  /** The key of the {@link CommitMode}. */
  static final String COMMIT = "boxwright.output.commit";

  /** The key of the job's unique name. */
  static final String JOB = "boxwright.output.job";

  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(ChunkCommitProtocol.class);

  /**
   * The work of each job, by name, in the driver's process. Spark offers no other way to pass it
   * on.
   */
  private static final Map<String, Work> JOBS = new ConcurrentHashMap<>();

  private final String imagesFolder;
  private String job;

  /**
   * Chunks and generations by partition. They are arrays because Spark sends them with every task.
   */
  private int[] chunks;

  private int[] generations;
  private transient Path attempt;

  /** Creates the protocol; Spark calls this. */
  public ChunkCommitProtocol(String jobId, String path, boolean dynamicPartitionOverwrite) {
    super(jobId, "", dynamicPartitionOverwrite); // without a path, it has nothing to move
    this.imagesFolder = path;
  }

  private record Work(List<ChunkFile> files, Consumer<ChunkFile> onFinished) {}

  /**
   * Announces what a job writes. The driver calls this before the job starts, in the same process.
   *
   * @param job the name of the job
   * @param files the files that the job finishes, in the order of partitions
   * @param onFinished the receiver of each file as it is finished
   */
  static void begin(String job, List<ChunkFile> files, Consumer<ChunkFile> onFinished) {
    JOBS.put(job, new Work(List.copyOf(files), onFinished));
  }

  /** Forgets a job. */
  static void end(String job) {
    JOBS.remove(job);
  }

  @Override
  public OutputCommitter setupCommitter(TaskAttemptContext context) {
    return new NothingToDo();
  }

  @Override
  public void setupJob(JobContext context) {
    checkFence(context.getConfiguration());
    super.setupJob(context);
    job = context.getConfiguration().get(JOB);
    List<ChunkFile> files = JOBS.get(job).files();
    chunks = files.stream().mapToInt(ChunkFile::chunk).toArray();
    generations = files.stream().mapToInt(ChunkFile::generation).toArray();
    makeImagesFolder(context.getConfiguration());
  }

  /**
   * Makes the folder first: Hadoop's local file system would copy into a missing one, not rename.
   */
  private void makeImagesFolder(Configuration conf) {
    Path images = new Path(imagesFolder);
    try {
      FileSystem fileSystem = images.getFileSystem(conf);
      fileSystem.mkdirs(images);
      DurableFiles.syncFolder(DurableFiles.unchecked(fileSystem), images.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make %s: %s".formatted(images, e.getMessage()), e);
    }
  }

  @Override
  public String newTaskTempFile(
      TaskAttemptContext context, Option<String> folder, FileNameSpec spec) {
    Configuration conf = context.getConfiguration();
    Path images = new Path(imagesFolder);
    Path parent = readMode(conf) == CommitMode.RENAME ? makeStaging(conf) : images;
    checkFence(conf);
    String name =
        targetOf(context).attemptName(conf.get(JOB) + "-" + context.getTaskAttemptID().getId());
    attempt = new Path(parent, name);
    return attempt.toString();
  }

  /** Makes the folder of files that are not complete yet, if it is missing. */
  private Path makeStaging(Configuration conf) {
    Path staging = new Path(new Path(imagesFolder).getParent(), RunFolder.STAGING);
    try {
      WholeFiles.makeMissingFolder(staging.getFileSystem(conf), staging, () -> checkFence(conf));
      return staging;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make %s: %s".formatted(staging, e.getMessage()), e);
    }
  }

  @Override
  public FileCommitProtocol.TaskCommitMessage commitTask(TaskAttemptContext context) {
    if (attempt == null) { // a partition without rows, other than the first
      return new FileCommitProtocol.TaskCommitMessage(null);
    }
    try {
      return new FileCommitProtocol.TaskCommitMessage(finish(context));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot finish %s: %s".formatted(attempt, e.getMessage()), e);
    }
  }

  /** Finishes the file of a task, and returns its name. */
  private String finish(TaskAttemptContext context) throws IOException {
    Configuration conf = context.getConfiguration();
    checkFence(conf);
    FileSystem fileSystem = DurableFiles.unchecked(attempt.getFileSystem(conf));
    if (readMode(conf) == CommitMode.MANIFEST) {
      DurableFiles.syncFolder(fileSystem, attempt.getParent());
      return attempt.getName();
    }
    ChunkFile file = targetOf(context);
    Path target = new Path(imagesFolder, file.name());
    if (fileSystem.exists(target)) {
      if (isFinished(conf, file)) {
        LOG.warn("{} was finished by another attempt; {} is dropped", target, attempt);
        fileSystem.delete(attempt, false);
        return file.name();
      }
      RunFolder output = RunFolder.of(conf, target.getParent().getParent().toString());
      String aside = new Aside(output).put(file.name());
      LOG.warn("{} is not a file of this run; it is kept as {}", target, aside);
    }
    if (!DurableFiles.rename(fileSystem, attempt, target)) {
      throw new IOException("the file system refuses to rename it to " + target);
    }
    return file.name();
  }

  /**
   * Checks the fence: tasks outlive a paused driver, and another one may have the folder by now.
   */
  private void checkFence(Configuration conf) {
    String output = new Path(imagesFolder).getParent().toString();
    Fence.of(conf).ifPresent(fence -> fence.check(RunFolder.of(conf, output)));
  }

  /** Returns whether another attempt has already finished this chunk. */
  private boolean isFinished(Configuration conf, ChunkFile file) {
    ChunkFile mine = ChunkFile.parse(attempt).orElseThrow();
    try {
      return ChunkFooter.read(conf, new Path(imagesFolder), file)
          .standsFor(ChunkFooter.read(conf, attempt.getParent(), mine));
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  @Override
  public void abortTask(TaskAttemptContext context) {
    if (attempt != null) {
      try {
        attempt.getFileSystem(context.getConfiguration()).delete(attempt, false);
      } catch (IOException e) {
        LOG.warn("Cannot remove {}; the next run will", attempt, e);
      }
    }
  }

  @Override
  public void onTaskCommit(FileCommitProtocol.TaskCommitMessage message) {
    Work work = JOBS.get(job);
    if (work != null && message.obj() != null) {
      ChunkFile.parse(new Path((String) message.obj())).ifPresent(work.onFinished());
    }
  }

  private static CommitMode readMode(Configuration conf) {
    return CommitMode.valueOf(conf.get(COMMIT));
  }

  /** Returns the finished file that a task works for. */
  private ChunkFile targetOf(TaskAttemptContext context) {
    int partition = context.getTaskAttemptID().getTaskID().getId();
    return ChunkFile.of(chunks[partition], generations[partition]);
  }

  /** A committer that does nothing, because Hadoop's part of the work is done above. */
  private static final class NothingToDo extends OutputCommitter {

    @Override
    public void setupJob(JobContext context) {}

    @Override
    public void setupTask(TaskAttemptContext context) {}

    @Override
    public boolean needsTaskCommit(TaskAttemptContext context) {
      return false;
    }

    @Override
    public void commitTask(TaskAttemptContext context) {}

    @Override
    public void abortTask(TaskAttemptContext context) {}
  }
}
