package io.boxwright.job.output;

import io.boxwright.files.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * A Parquet file that is sealed (see {@link FileSeal}) and brought to disk when it is closed. Its
 * end, from {@link #holdEnd} on, is held back in memory because the seal is part of it.
 */
final class SealedOutputFile implements OutputFile {

  private final FileSystem fileSystem;
  private final Path path;
  private final MessageDigest digest = Sha256.digest();
  private ByteArrayOutputStream end;

  /** Prepares a file, which is created when Parquet asks for it. */
  SealedOutputFile(FileSystem fileSystem, Path path) {
    this.fileSystem = fileSystem;
    this.path = path;
  }

  /** Starts the end of the file, after all row groups. */
  void holdEnd() {
    end = new ByteArrayOutputStream();
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) throws IOException {
    return new Sealing(DurableFiles.create(fileSystem, path));
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
    return create(blockSizeHint);
  }

  @Override
  public boolean supportsBlockSize() {
    return false; // row groups need no padding up to the blocks of a file system
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }

  @Override
  public String getPath() {
    return path.toString();
  }

  private final class Sealing extends PositionOutputStream {

    private final FSDataOutputStream out;
    private boolean closed;

    Sealing(FSDataOutputStream out) {
      this.out = out;
    }

    @Override
    public long getPos() {
      return out.getPos() + (end == null ? 0 : end.size());
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (end != null) {
        end.write(bytes, offset, length);
        return;
      }
      digest.update(bytes, offset, length);
      out.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    /**
     * Seals and closes the file. If there is no end, Parquet has failed earlier: the file is left
     * as it is, and never counts.
     */
    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      try (out) {
        if (end != null) {
          byte[] bytes = StableFooter.apply(end.toByteArray()); // same rows, same bytes
          FileSeal.close(digest, bytes);
          out.write(bytes);
          DurableFiles.sync(out);
        }
      }
    }
  }
}
