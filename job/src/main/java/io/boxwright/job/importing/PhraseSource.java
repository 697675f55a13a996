package io.boxwright.job.importing;

/** The way in which a phrase was found in its prompt. */
public enum PhraseSource {
  /** Word for word; case and spaces do not matter. */
  VERBATIM("word for word"),
  /** In the singular or plural, with blanks for underscores and hyphens, or without its article. */
  SPELLING("in another form (plural, article or hyphen)"),
  /** By its head noun only. */
  HEAD_NOUN("by its head noun"),
  /** Not at all, so it was appended to the prompt. */
  APPENDED("appended to its prompt"),
  /** Not at all. */
  MISSING("not found");

  private final String text;

  PhraseSource(String text) {
    this.text = text;
  }

  /** Returns the words that stand behind a number of phrases in the summary. */
  public String text() {
    return text;
  }
}
