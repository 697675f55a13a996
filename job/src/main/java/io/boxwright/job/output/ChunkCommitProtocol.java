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
 * How Spark's writer finishes files: partition {@code i} of a job is the {@code i}-th of the chunks
 * it was told to make, and each chunk is finished by its own task, for good, whatever becomes of
 * the job. Spark makes it by its class name.
 *
 * <p>Attempts write under names of their own. Spark's commit coordinator is not asked: it fails the
 * job when an executor dies between its permission and the task's end, and is not needed, for a
 * chunk that is there stays as it is, and two attempts make the same one.
 */
public final class ChunkCommitProtocol extends HadoopMapReduceCommitProtocol {

  /** A {@link CommitMode}. */
  static final String COMMIT = "boxwright.output.commit";

  /** A name of this job alone. */
  static final String JOB = "boxwright.output.job";

  /** The {@link Fence} of the driver that runs the job, if it holds a lock. */
  static final String FENCE = "boxwright.output.fence";

  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(ChunkCommitProtocol.class);

  /** What jobs are to write, in the driver's process. Spark offers no other way to say it. */
  private static final Map<String, Work> JOBS = new ConcurrentHashMap<>();

  private final String imagesFolder;
  private String job;

  /** Chunks and generations by partition. Arrays, for Spark sends all of this with every task. */
  private int[] chunks;

  private int[] generations;
  private transient Path attempt;

  /** As Spark calls it. */
  public ChunkCommitProtocol(String jobId, String path, boolean dynamicPartitionOverwrite) {
    super(jobId, "", dynamicPartitionOverwrite); // without a path it has nothing to move
    this.imagesFolder = path;
  }

  private record Work(List<ChunkFile> files, Consumer<ChunkFile> onFinished) {}

  /**
   * Says what a job writes; to be called before it starts, in the same process.
   *
   * @param job its name
   * @param files that are finished then, in the order of partitions
   * @param onFinished is told of each file as it is finished
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

  /** Into a folder that is not there Hadoop's local file system copies, which is not one step. */
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
    checkFence(conf);
    String name =
        target(context).attemptName(conf.get(JOB) + "-" + context.getTaskAttemptID().getId());
    Path images = new Path(imagesFolder);
    Path parent =
        mode(conf) == CommitMode.RENAME ? new Path(images.getParent(), RunFolder.STAGING) : images;
    attempt = new Path(parent, name);
    return attempt.toString();
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

  /** The name of the finished file. */
  private String finish(TaskAttemptContext context) throws IOException {
    Configuration conf = context.getConfiguration();
    checkFence(conf);
    FileSystem fileSystem = DurableFiles.unchecked(attempt.getFileSystem(conf));
    if (mode(conf) == CommitMode.MANIFEST) {
      DurableFiles.syncFolder(fileSystem, attempt.getParent());
      return attempt.getName();
    }
    ChunkFile file = target(context);
    Path target = new Path(imagesFolder, file.name());
    if (fileSystem.exists(target)) {
      if (isFinished(conf, file)) {
        LOG.warn("{} was finished by another attempt; {} is dropped", target, attempt);
        fileSystem.delete(attempt, false);
        return file.name();
      }
      RunFolder output = RunFolder.of(conf, target.getParent().getParent().toString());
      String aside = new Aside(output).put(file.name());
      LOG.warn("{} is no file of this run; it is kept as {}", target, aside);
    }
    if (!DurableFiles.rename(fileSystem, attempt, target)) {
      throw new IOException("the file system refuses to rename it to " + target);
    }
    return file.name();
  }

  /** Tasks outlive a driver that is paused, and must not write into what is another's by now. */
  private void checkFence(Configuration conf) {
    String fence = conf.get(FENCE);
    if (fence != null) {
      Path output = new Path(imagesFolder).getParent();
      Fence.parse(fence).check(RunFolder.of(conf, output.toString()));
    }
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
        LOG.warn("Cannot remove {}; the next run does", attempt, e);
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

  private static CommitMode mode(Configuration conf) {
    return CommitMode.valueOf(conf.get(COMMIT));
  }

  /** The finished file that a task works for. */
  private ChunkFile target(TaskAttemptContext context) {
    int partition = context.getTaskAttemptID().getTaskID().getId();
    return ChunkFile.of(chunks[partition], generations[partition]);
  }

  /** Hadoop's part of the work is done above. */
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
