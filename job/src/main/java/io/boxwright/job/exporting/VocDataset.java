package io.boxwright.job.exporting;

import io.boxwright.job.figures.PixelBox;
import io.boxwright.job.output.WholeFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Pascal VOC: {@code JPEGImages/*.png}, {@code Annotations/*.xml} and {@code
 * ImageSets/Main/SPLIT.txt}. Boxes are in whole pixels, counted from 1, and their edges belong to
 * them.
 */
final class VocDataset implements DatasetFormat {

  private static final String FOLDER = "JPEGImages";

  @Override
  public String name() {
    return "voc";
  }

  @Override
  public String imagePath(SelectedImage image) {
    return "%s/%s".formatted(FOLDER, image.name());
  }

  @Override
  public Map<String, byte[]> makeSideFiles(SelectedImage image, DatasetFacts facts)
      throws IOException {
    return Map.of(
        "Annotations/%s.xml".formatted(image.stem()),
        describe(image, facts).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Map<String, WholeFiles.Content> makeDescriptions(
      SelectionFile selection, DatasetFacts facts) {
    Map<String, WholeFiles.Content> files = new LinkedHashMap<>();
    for (String split : facts.splits()) {
      files.put("ImageSets/Main/%s.txt".formatted(split), out -> list(out, selection, split));
    }
    return files;
  }

  private static void list(OutputStream out, SelectionFile selection, String split)
      throws IOException {
    selection.forEach(
        split, image -> out.write((image.stem() + "\n").getBytes(StandardCharsets.UTF_8)));
  }

  private static String describe(SelectedImage image, DatasetFacts facts) throws IOException {
    StringWriter text = new StringWriter();
    try {
      Xml xml = new Xml(XMLOutputFactory.newFactory().createXMLStreamWriter(text));
      xml.open("annotation");
      xml.add("folder", FOLDER);
      xml.add("filename", image.name());
      xml.open("source");
      xml.add("database", "Boxwright " + facts.version());
      xml.add("annotation", facts.boxSource());
      xml.add("image", "generated");
      for (Map.Entry<String, Object> fact : Provenance.of(image, facts).entrySet()) {
        xml.add(fact.getKey(), fact.getValue());
      }
      xml.add("license", facts.license() == null ? "not stated" : facts.license());
      xml.close();
      xml.open("size");
      xml.add("width", image.width());
      xml.add("height", image.height());
      xml.add("depth", 3);
      xml.close();
      xml.add("segmented", 0);
      for (ClassBox box : image.boxes()) {
        addObject(xml, box, image);
      }
      xml.close();
      xml.out().flush();
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
    return text.append('\n').toString();
  }

  private static void addObject(Xml xml, ClassBox box, SelectedImage image)
      throws XMLStreamException {
    PixelBox pixels = box.toWholePixels(image.width(), image.height());
    xml.open("object");
    xml.add("name", box.label());
    xml.add("pose", "Unspecified");
    xml.add("truncated", 0);
    xml.add("difficult", box.crowd() ? 1 : 0);
    xml.open("bndbox");
    xml.add("xmin", count(pixels.xMin()));
    xml.add("ymin", count(pixels.yMin()));
    xml.add("xmax", count(pixels.xMax()));
    xml.add("ymax", count(pixels.yMax()));
    xml.close();
    xml.close();
  }

  /** Returns the number of a pixel, counted from 1. */
  private static String count(double pixel) {
    return String.format(Locale.ROOT, "%.0f", pixel + 1);
  }

  /** Elements of XML. */
  private record Xml(XMLStreamWriter out) {

    void open(String name) throws XMLStreamException {
      out.writeStartElement(name);
    }

    void close() throws XMLStreamException {
      out.writeEndElement();
    }

    /** Adds an element with a text; characters that XML cannot hold become question marks. */
    void add(String name, Object value) throws XMLStreamException {
      open(name);
      out.writeCharacters(
          String.valueOf(value)
              .replaceAll(
                  "[^\\t\\n\\r\\x{20}-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]", "?"));
      close();
    }
  }
}
