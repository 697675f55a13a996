package io.boxwright.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Descriptions of why a file or folder cannot be read or written. */
public final class FileProblem {

  private FileProblem() {}

  /**
   * Describes a problem for people, also where the exception itself has only the name of the file.
   */
  public static String of(IOException e) {
    if (!(e instanceof FileSystemException problem) || problem.getReason() != null) {
      return e.getMessage() == null ? e.toString() : e.getMessage();
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied: " + problem.getFile();
    }
    if (e instanceof NoSuchFileException) {
      return "no such file or folder: " + problem.getFile();
    }
    return e instanceof FileAlreadyExistsException
        ? "it already exists: " + problem.getFile()
        : e.toString();
  }
}
