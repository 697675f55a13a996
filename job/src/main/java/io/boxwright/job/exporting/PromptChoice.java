package io.boxwright.job.exporting;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The choice among the images of one prompt: each gets its boxes with classes, or the filter that
 * refused it.
 */
final class PromptChoice implements Serializable {

  private static final long serialVersionUID = 1;

  /** Better images first; those without a rank last, and equal ones by their place. */
  private static final Comparator<Candidate> BETTER_FIRST =
      Comparator.comparingDouble(PromptChoice::order).thenComparing(Candidate::place);

  private final ExportSettings settings;

  PromptChoice(ExportSettings settings) {
    this.settings = settings;
  }

  private static double order(Candidate image) {
    return image.rank() == null || image.rank().isNaN() ? Double.POSITIVE_INFINITY : -image.rank();
  }

  /** Judges all images of a prompt. */
  List<JudgedImage> judge(Iterable<Candidate> images) {
    List<Candidate> sorted = new ArrayList<>();
    images.forEach(sorted::add);
    sorted.sort(BETTER_FIRST);
    List<JudgedImage> judged = new ArrayList<>();
    List<Long> hashes = new ArrayList<>();
    int taken = 0;
    for (Candidate image : sorted) {
      JudgedImage next = judgeAlone(image);
      if (next.refusal() == null && looksLikeAny(image, hashes)) {
        next = next.refuse(Refusal.DUPLICATE);
      }
      if (next.refusal() == null && settings.best() != null && taken >= settings.best().count()) {
        next = next.refuse(Refusal.NOT_BEST);
      }
      if (next.refusal() == null) {
        taken++;
        Optional.ofNullable(image.hash()).ifPresent(hashes::add);
      }
      judged.add(next);
    }
    return judged;
  }

  private boolean looksLikeAny(Candidate image, List<Long> hashes) {
    return image.hash() != null
        && hashes.stream()
            .anyMatch(
                other ->
                    PerceptualHash.distance(image.hash(), other) <= settings.duplicateDistance());
  }

  private JudgedImage judgeAlone(Candidate image) {
    JudgedImage judged = new JudgedImage(image, null, List.of(), List.of());
    if (!image.fulfils()) {
      return judged.refuse(Refusal.WHERE);
    }
    if (settings.boxes().needsEvaluation() && image.detected() == null) {
      return judged.refuse(Refusal.NOT_EVALUATED);
    }
    List<ClassBox> boxes = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<ImageBox> found = findBoxes(image);
    for (ImageBox box : found) {
      Optional<String> label = settings.labels().find(box.phrase());
      boolean crowd = isCrowd(box, found);
      if (label.isEmpty()) {
        missing.add(box.phrase());
      } else if (!crowd || settings.crowds() == Treatment.KEEP) {
        boxes.add(ClassBox.of(box, label.get(), crowd));
      }
    }
    return boxes.isEmpty() && settings.negatives() == Treatment.DROP
        ? new JudgedImage(image, Refusal.NO_BOXES, List.of(), missing)
        : new JudgedImage(image, null, List.copyOf(boxes), List.copyOf(missing));
  }

  private List<ImageBox> findBoxes(Candidate image) {
    return switch (settings.boxes()) {
      case REQUESTED -> image.requested();
      case DETECTED -> image.detected();
      case MATCHED ->
          image.requested().stream().filter(box -> isConfirmed(box, image.detected())).toList();
    };
  }

  private boolean isConfirmed(ImageBox box, List<ImageBox> detected) {
    return detected.stream()
        .anyMatch(
            found ->
                found.phrase().equals(box.phrase())
                    && found.place().intersectionOverUnion(box.place()) >= settings.matchIou());
  }

  /** Returns whether a phrase in the plural has this box of the layout alone. */
  private static boolean isCrowd(ImageBox box, List<ImageBox> boxes) {
    return box.score() == null
        && NormalPhrase.of(box.phrase()).plural()
        && boxes.stream().filter(other -> other.phrase().equals(box.phrase())).count() == 1;
  }
}
