package io.boxwright.job.output;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Operations on files that survive a power cut: their bytes are on disk before their names count,
 * where the file system can promise that. Local disks and HDFS can; object stores keep what they
 * have confirmed.
 */
final class DurableFiles {

  private static final String LOCAL = "file";

  private DurableFiles() {}

  /**
   * Returns a local file system without its checksum files, and any other one as it is. If a
   * process were killed between writing a file and its checksum, the file could not be read any
   * more.
   */
  static FileSystem unchecked(FileSystem fileSystem) {
    return fileSystem instanceof ChecksumFileSystem checked
        ? checked.getRawFileSystem()
        : fileSystem;
  }

  /**
   * Creates a file, or replaces an existing one. The caller closes the stream.
   *
   * <p>Where folders are real, the file's folder must exist: a run that was paused must not bring
   * back a folder that another run has removed since.
   */
  static FSDataOutputStream create(FileSystem fileSystem, Path file) throws IOException {
    Creation creation =
        hasFolders(fileSystem) ? fileSystem::createNonRecursive : fileSystem::create;
    return creation.create(
        file,
        FsPermission.getFileDefault(),
        // HDFS brings each block to disk as it ends, not only the last one.
        EnumSet.of(CreateFlag.CREATE, CreateFlag.OVERWRITE, CreateFlag.SYNC_BLOCK),
        fileSystem.getConf().getInt("io.file.buffer.size", 4096),
        fileSystem.getDefaultReplication(file),
        fileSystem.getDefaultBlockSize(file),
        null);
  }

  /** One of Hadoop's two ways to create a file. */
  @FunctionalInterface
  private interface Creation {

    FSDataOutputStream create(
        Path file,
        FsPermission permission,
        EnumSet<CreateFlag> flags,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException;
  }

  /** Returns whether folders exist without files in them; those of object stores do not. */
  static boolean hasFolders(FileSystem fileSystem) {
    return CommitMode.of(fileSystem.getUri()) == CommitMode.RENAME;
  }

  /** Brings to disk everything that was written so far. */
  static void sync(FSDataOutputStream out) throws IOException {
    if (out.hasCapability(StreamCapabilities.HSYNC)) {
      out.hsync();
    }
  }

  /**
   * Renames a file, and brings the new name to disk. The target must not exist.
   *
   * @return whether the file system renamed it
   */
  static boolean rename(FileSystem fileSystem, Path file, Path target) throws IOException {
    if (!fileSystem.rename(file, target)) {
      return false;
    }
    syncFolder(fileSystem, target.getParent());
    return true;
  }

  /** Brings the names in a folder to disk; HDFS does so by itself. */
  static void syncFolder(FileSystem fileSystem, Path folder) throws IOException {
    if (!LOCAL.equals(fileSystem.getUri().getScheme())) {
      return;
    }
    java.nio.file.Path local = java.nio.file.Path.of(folder.toUri().getPath());
    try (FileChannel channel = FileChannel.open(local, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
