package io.boxwright.job.importing;

import io.boxwright.diffusion.layout.BoxForm;
import java.util.Objects;

/**
 * The form of a table that is no benchmark.
 *
 * @param promptColumn the name of the column of prompts
 * @param boxesColumn the name of the column of boxes, a list of lists of numbers
 * @param phrasesColumn the name of the column of phrases, one for each box
 * @param idColumn the name of the column of ids, which may be missing
 * @param boxes the meaning of the four numbers of a box
 * @param canvas the image that the numbers belong to
 */
public record TableForm(
    String promptColumn,
    String boxesColumn,
    String phrasesColumn,
    String idColumn,
    BoxForm boxes,
    Canvas canvas) {

  /** The columns and boxes of a prompt table. */
  public static final TableForm DEFAULTS =
      new TableForm("prompt", "bboxes", "phrases", "id", BoxForm.XYXY, Canvas.RELATIVE);

  /** Checks that nothing is null. */
  public TableForm {
    Objects.requireNonNull(promptColumn);
    Objects.requireNonNull(boxesColumn);
    Objects.requireNonNull(phrasesColumn);
    Objects.requireNonNull(idColumn);
    Objects.requireNonNull(boxes);
    Objects.requireNonNull(canvas);
  }
}
