package io.boxwright.testing;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system with a fault at an exact place below {@code /out/}: the system property
 * {@value #FAULT} says {@code KIND N}, where the fault comes at the {@code N}-th operation of its
 * kind, from 1. Kinds: {@code before-rename}, {@code after-rename}, {@code after-create} end the
 * process as SIGKILL does; {@code no-space} fails what is written to chunks from the N-th on;
 * {@code hang} never creates the N-th chunk or picture; {@code stop} pauses the process, as SIGSTOP
 * does, just before it creates the N-th chunk; from the N-th file on, {@code full} is a full disk
 * and {@code read-only} one that was mounted again; {@code full-for} is a disk that is full for N
 * milliseconds from the first chunk on, with room for chunks only.
 */
public final class FaultyFileSystem extends LocalFileSystem {

  /** Name of a system property. */
  public static final String FAULT = "boxwright.test.fault";

  /** Makes Hadoop use it for {@code file:}. */
  public FaultyFileSystem() {
    super(new Raw());
  }

  private static final class Raw extends RawLocalFileSystem {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final AtomicLong FIRST_CHUNK = new AtomicLong();

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      haltIf("before-rename", to);
      boolean renamed = super.rename(from, to);
      haltIf("after-rename", to);
      return renamed;
    }

    @Override
    public FSDataOutputStream createNonRecursive(
        Path file,
        FsPermission permission,
        EnumSet<CreateFlag> flags,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      hangIfWanted(file);
      stopIfWanted(file);
      if (isFull(file)) {
        return super.create(FullDisk.FILE, true, bufferSize, replication, blockSize, progress);
      }
      return faulty(
          file,
          super.createNonRecursive(
              file, permission, flags, bufferSize, replication, blockSize, progress));
    }

    private static FSDataOutputStream faulty(Path file, FSDataOutputStream out) throws IOException {
      haltIf("after-create", file);
      return isChunk(file) && reached("no-space") ? full(out) : out;
    }

    private static boolean isFull(Path file) throws IOException {
      if (!isOurs(file)) {
        return false;
      }
      if (reached("read-only")) {
        throw new FileNotFoundException(file + " (Read-only file system)");
      }
      return reached("full") || isFullFor(file);
    }

    private static boolean isFullFor(Path file) {
      if (!wanted("full-for")) {
        return false;
      }
      if (file.getName().contains("chunk-")) { // with a file of checksums
        FIRST_CHUNK.compareAndSet(0, System.nanoTime());
        return false;
      }
      long first = FIRST_CHUNK.get();
      return first != 0 && (System.nanoTime() - first) / 1_000_000 < number();
    }

    private static boolean isOurs(Path file) {
      return file.toString().contains("/out/");
    }

    private static void haltIf(String kind, Path file) {
      if (isOurs(file) && reachedExactly(kind)) {
        Runtime.getRuntime().halt(137);
      }
    }

    private static void hangIfWanted(Path file) {
      if ((isChunk(file) || isPicture(file)) && reachedExactly("hang")) {
        try {
          Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private static void stopIfWanted(Path file) throws IOException {
      if (isChunk(file) && reachedExactly("stop")) {
        String process = String.valueOf(ProcessHandle.current().pid());
        try {
          new ProcessBuilder("kill", "-STOP", process).start().waitFor();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    private static boolean isChunk(Path file) {
      return file.getName().startsWith("chunk-");
    }

    /** Returns whether a file becomes a picture when it is whole. */
    private static boolean isPicture(Path file) {
      return file.getName().contains(".png.");
    }

    private static boolean reached(String kind) {
      return wanted(kind) && COUNT.incrementAndGet() >= number();
    }

    private static boolean reachedExactly(String kind) {
      return wanted(kind) && COUNT.incrementAndGet() == number();
    }

    private static boolean wanted(String kind) {
      return System.getProperty(FAULT, "").startsWith(kind + " ");
    }

    private static int number() {
      return Integer.parseInt(System.getProperty(FAULT).split(" ")[1]);
    }

    private static FSDataOutputStream full(FSDataOutputStream out) throws IOException {
      out.close();
      return new FSDataOutputStream(
          new OutputStream() {
            @Override
            public void write(int b) throws IOException {
              throw new IOException("No space left on device");
            }
          },
          null);
    }
  }
}
