package io.boxwright.job.importing;

import com.fasterxml.jackson.databind.node.IntNode;
import io.boxwright.diffusion.layout.BoxForm;
import io.boxwright.job.input.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * COCO: a file of instances and a file of captions, in any order. Boxes are x, y, width and height
 * in pixels of their image. The prompt of an image is its first caption. The phrases are the names
 * of the categories, which captions often do not have.
 */
final class CocoFormat implements LayoutFormat {

  /** A field that is as large as all others together. */
  private static final String SEGMENTATION = "segmentation";

  private final ObjectChoice choice;

  /**
   * Prepares to read.
   *
   * @param choice the objects and images to keep
   */
  CocoFormat(ObjectChoice choice) {
    this.choice = choice;
  }

  @Override
  public List<Layout> read(List<SourceFile> files) throws IOException {
    Map<Integer, FileValue> images = new LinkedHashMap<>();
    Map<Integer, String> categories = new HashMap<>();
    Map<Integer, String> captions = new HashMap<>();
    List<FileValue> instances = new ArrayList<>();
    for (SourceFile file : files) {
      Map<String, List<FileValue>> lists = FileReaders.readJsonLists(file, SEGMENTATION);
      for (FileValue annotation : require(file, lists, "annotations")) {
        if (annotation.has("caption")) {
          captions.putIfAbsent(
              annotation.field("image_id").wholeNumber(),
              annotation.field("caption").text().strip());
        } else {
          instances.add(annotation);
        }
      }
      require(file, lists, "images")
          .forEach(image -> images.putIfAbsent(image.field("id").wholeNumber(), image));
      lists
          .getOrDefault("categories", List.of())
          .forEach(
              category ->
                  categories.put(
                      category.field("id").wholeNumber(), category.field("name").text()));
    }
    if (instances.isEmpty() || captions.isEmpty()) {
      throw new InvalidInputException(
          "The format coco needs two files, of instances and of captions; there are no %s"
              .formatted(captions.isEmpty() ? "captions" : "instances"));
    }
    return makeLayouts(images, captions, chooseObjects(images, categories, instances));
  }

  private static List<FileValue> require(
      SourceFile file, Map<String, List<FileValue>> lists, String name) {
    if (!lists.containsKey(name)) {
      throw new InvalidInputException("%s: the list %s is missing".formatted(file.name(), name));
    }
    return lists.get(name);
  }

  /** Returns the objects that are large enough, by image. Crowds are left out. */
  private Map<Integer, List<PhraseBoxes>> chooseObjects(
      Map<Integer, FileValue> images, Map<Integer, String> categories, List<FileValue> instances) {
    Map<Integer, List<PhraseBoxes>> objects = new HashMap<>();
    for (FileValue instance : instances) {
      FileValue imageId = instance.field("image_id");
      FileValue image = images.get(imageId.wholeNumber());
      if (image == null) {
        throw imageId.failure("there is no image %d".formatted(imageId.wholeNumber()));
      }
      FileValue category = instance.field("category_id");
      String name = categories.get(category.wholeNumber());
      if (name == null) {
        throw category.failure("there is no category %d".formatted(category.wholeNumber()));
      }
      Canvas canvas = new Canvas(image.field("width").number(), image.field("height").number());
      List<Double> box = instance.field("bbox").numbers();
      boolean crowd = instance.find("iscrowd").map(FileValue::wholeNumber).orElse(0) == 1;
      if (!crowd && isLarge(box, canvas)) {
        objects
            .computeIfAbsent(imageId.wholeNumber(), none -> new ArrayList<>())
            .add(new PhraseBoxes(name, List.of(new SourceBox(box, BoxForm.XYWH, canvas))));
      }
    }
    return objects;
  }

  private boolean isLarge(List<Double> box, Canvas canvas) {
    return box.size() != 4
        || box.get(2) * box.get(3) >= choice.minArea() * canvas.width() * canvas.height();
  }

  private List<Layout> makeLayouts(
      Map<Integer, FileValue> images,
      Map<Integer, String> captions,
      Map<Integer, List<PhraseBoxes>> objects) {
    List<Layout> layouts = new ArrayList<>();
    images.forEach(
        (id, image) -> {
          List<PhraseBoxes> own = objects.getOrDefault(id, List.of());
          boolean right = own.size() >= choice.minObjects() && own.size() <= choice.maxObjects();
          if (right && captions.containsKey(id)) {
            layouts.add(
                Layout.of(image.place(), String.valueOf(id), null, captions.get(id))
                    .withObjects(own)
                    .withColumns(Map.of("image_id", IntNode.valueOf(id))));
          }
        });
    return layouts;
  }
}
