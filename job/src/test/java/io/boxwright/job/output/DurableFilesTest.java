package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.Runs;
import io.boxwright.testing.Spark;
import java.io.FileNotFoundException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {

  private static final Set<String> UNSYNCED = ConcurrentHashMap.newKeySet();
  private static final Set<String> RENAMED = ConcurrentHashMap.newKeySet();
  private static final Set<String> RENAMED_UNSYNCED = ConcurrentHashMap.newKeySet();

  @TempDir private Path folder;

  /** Notes which files get a name before their bytes are on disk. */
  public static final class Recording extends LocalFileSystem {

    /** As Hadoop makes it. */
    public Recording() {
      super(new Raw());
    }
  }

  private static final class Raw extends RawLocalFileSystem {

    @Override
    public FSDataOutputStream createNonRecursive(
        org.apache.hadoop.fs.Path file,
        FsPermission permission,
        EnumSet<CreateFlag> flags,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      FSDataOutputStream out =
          super.createNonRecursive(
              file, permission, flags, bufferSize, replication, blockSize, progress);
      return new FSDataOutputStream(new Noting(file.toUri().getPath(), out), null);
    }

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      String name = from.toUri().getPath();
      RENAMED.add(to.getName());
      if (UNSYNCED.contains(name)) {
        RENAMED_UNSYNCED.add(name);
      }
      return super.rename(from, to);
    }
  }

  private static final class Noting extends FilterOutputStream
      implements Syncable, StreamCapabilities {

    private final String file;
    private final FSDataOutputStream out;

    Noting(String file, FSDataOutputStream out) {
      super(out);
      this.file = file;
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      UNSYNCED.add(file);
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      UNSYNCED.add(file);
      out.write(bytes, offset, length);
    }

    @Override
    public void hflush() throws IOException {
      out.hflush();
    }

    @Override
    public void hsync() throws IOException {
      out.hsync();
      UNSYNCED.remove(file);
    }

    @Override
    public boolean hasCapability(String capability) {
      return out.hasCapability(capability);
    }
  }

  @Test
  void everyFileIsOnDiskBeforeItsNameCounts() throws Exception {
    try (SparkSession spark =
        LocalSpark.session(
            Spark.conf()
                .set("spark.hadoop.fs.file.impl", Recording.class.getName())
                .set("spark.hadoop.fs.file.impl.disable.cache", "true"))) {
      Runs runs = new Runs(spark, folder).withPrompts();
      RENAMED.clear();

      runs.action().execute();

      assertThat(RENAMED)
          .contains("_lock", "plan.json", "run.json", "chunk-00000.parquet", "chunk-00004.parquet");
      assertThat(RENAMED_UNSYNCED).isEmpty();
    }
  }

  @Test
  void aFileBringsNoFolderBack() throws Exception {
    FileSystem local = FileSystem.getLocal(new Configuration()).getRawFileSystem();
    Path removed = folder.resolve("removed");

    assertThatThrownBy(
            () ->
                DurableFiles.create(
                    local, new org.apache.hadoop.fs.Path(removed.resolve("f").toUri())))
        .isInstanceOf(FileNotFoundException.class);
    assertThat(removed).doesNotExist();
  }

  @Test
  void theLocalFileSystemSyncs() throws Exception {
    FileSystem local =
        DurableFiles.unchecked(FileSystem.get(URI.create("file:///"), new Configuration()));
    try (FSDataOutputStream out =
        DurableFiles.create(local, new org.apache.hadoop.fs.Path(folder.resolve("f").toUri()))) {
      assertThat(out.hasCapability(StreamCapabilities.HSYNC)).isTrue();
      OutputStream wrapped = out.getWrappedStream();
      assertThat(wrapped).isInstanceOf(Syncable.class);
    }
  }
}
