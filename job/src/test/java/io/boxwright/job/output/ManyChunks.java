package io.boxwright.job.output;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.hadoop.util.HadoopOutputFile;

/**
 * Fills an output folder with chunks that look finished, for job/src/test/scripts/chunks-test. They
 * are copies of a chunk that a run has made there, and only their footers say another number.
 */
public final class ManyChunks {

  private static final int MEGABYTE = 1 << 20;

  private final Configuration configuration = new Configuration();
  private final RunFolder folder;
  private final RunPlan plan;

  private ManyChunks(String name) {
    configuration.set("fs.file.impl", RawLocalFileSystem.class.getName()); // no files of checksums
    folder = RunFolder.of(configuration, name);
    plan = RunPlan.require(folder);
  }

  /**
   * Arguments: the output folder of a run, and how many of its chunks, the last ones, stay missing.
   */
  public static void main(String[] arguments) throws IOException {
    new ManyChunks(arguments[0]).fill(Integer.parseInt(arguments[1]));
  }

  private void fill(int missing) throws IOException {
    ChunkScan there = new ChunkTable(folder, plan).scan();
    HadoopInputFile template = HadoopInputFile.fromPath(path(there.files().get(0)), configuration);
    FileMetaData footer = footer(template);
    List<ChunkFile> all = new ArrayList<>(there.files());
    for (int chunk : there.missing()) {
      if (chunk < plan.chunks() - missing) {
        ChunkFile file = file(chunk);
        copy(template, footer, file);
        all.add(file);
      }
    }
    if (plan.commit() == CommitMode.MANIFEST) {
      Manifest.begin(folder, Manifest.newestTerm(folder), all);
    }
  }

  private ChunkFile file(int chunk) {
    ChunkFile file = ChunkFile.first(chunk);
    return plan.commit() == CommitMode.MANIFEST
        ? ChunkFile.parse(new Path(file.attemptName("00000000-0"))).orElseThrow()
        : file;
  }

  private static FileMetaData footer(HadoopInputFile file) throws IOException {
    try (ParquetFileReader reader = ParquetFileReader.open(file)) {
      return reader.getFileMetaData();
    }
  }

  private void copy(HadoopInputFile template, FileMetaData footer, ChunkFile file)
      throws IOException {
    Map<String, String> keys = new HashMap<>(footer.getKeyValueMetaData());
    keys.put(ImageWriteSupport.CHUNK, String.valueOf(file.chunk()));
    ParquetFileWriter writer =
        new ParquetFileWriter(
            HadoopOutputFile.fromPath(path(file), configuration),
            footer.getSchema(),
            ParquetFileWriter.Mode.OVERWRITE,
            MEGABYTE,
            0,
            64,
            64,
            false);
    writer.start();
    writer.appendFile(template);
    writer.end(keys); // closes the file
  }

  private Path path(ChunkFile file) {
    return folder.resolve(RunFolder.IMAGES + "/" + file.name());
  }
}
