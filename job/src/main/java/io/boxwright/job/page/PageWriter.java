package io.boxwright.job.page;

import io.boxwright.job.output.Json;
import java.nio.charset.StandardCharsets;

/** Makes the file of a page: HTML with its style, its scripts and its data inside. */
public final class PageWriter {

  private PageWriter() {}

  /**
   * Returns the bytes of the file, in UTF-8.
   *
   * @param page the data
   */
  public static byte[] toHtml(Page page) {
    return PageParts.read("report.html")
        .replace("{{style}}", PageParts.read("report.css"))
        .replace("{{charts}}", ChartLibrary.script())
        .replace("{{script}}", PageParts.read("report.js"))
        .replace("{{data}}", escape(Json.toText(page))) // last: it may have any text
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Makes JSON harmless in an element of HTML: no text can end the element or open another. */
  private static String escape(String json) {
    return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
  }
}
