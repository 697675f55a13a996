package io.boxwright.job.page;

/** Chart.js, as its WebJar has it on the class path. */
final class ChartLibrary {

  /** The version; the parent pom.xml has it, too. */
  private static final String VERSION = "4.4.4";

  private static final String FOLDER = "/META-INF/resources/webjars/chart.js/" + VERSION + "/";

  private ChartLibrary() {}

  /** Returns the script with its licence, without the link to a file that pages do not have. */
  static String script() {
    String licence = PageParts.read(FOLDER + "LICENSE.md").strip();
    String script =
        PageParts.read(FOLDER + "dist/chart.umd.js").replaceFirst("//# sourceMappingURL=\\S*", "");
    return "/*!\n" + licence + "\n*/\n" + script.strip() + "\n";
  }
}
