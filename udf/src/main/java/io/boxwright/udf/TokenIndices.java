package io.boxwright.udf;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.clip.PhraseMatch;
import io.boxwright.diffusion.pipelines.RequestLimits;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * The function {@code token_indices(model, prompt, phrases)}, which finds phrases in a prompt as
 * the job does. It gives a list of token indices for each phrase, where 0 is the start token.
 */
final class TokenIndices extends SqlFunction<ArrayData> {

  private static final long serialVersionUID = 1;

  private static final DataType LISTS_OF_INDICES =
      DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.IntegerType, false), false);

  private final Tokenizers tokenizers;

  TokenIndices(Tokenizers tokenizers) {
    super(
        "token_indices",
        "model STRING, prompt STRING, phrases ARRAY<STRING>",
        LISTS_OF_INDICES,
        "The token indices of each phrase in the prompt; 0 is the start token");
    this.tokenizers = tokenizers;
  }

  /**
   * Finds phrases.
   *
   * @return a list of whole numbers for each phrase; null if an argument is null
   * @throws IllegalArgumentException naming the phrase that is null, empty or not found, or the
   *     text that is too long
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the model or its file that
   *     cannot be read
   */
  @Override
  public ArrayData produceResult(InternalRow arguments) {
    if (arguments.anyNull()) {
      return null;
    }
    String prompt = arguments.getUTF8String(1).toString();
    List<String> phrases = ArrayReader.readStrings(arguments.getArray(2));
    checkTexts(prompt, phrases);
    CLIPTokenizer tokenizer = tokenizers.get(arguments.getUTF8String(0).toString());
    List<PhraseMatch> matches = tokenizer.findPhrases(tokenizer.encode(prompt), phrases);
    return new GenericArrayData(matches.stream().map(TokenIndices::toArrayData).toArray());
  }

  private static void checkTexts(String prompt, List<String> phrases) {
    RequestLimits.requireLength("prompt", prompt, RequestLimits.PROMPT_CHARACTERS);
    RequestLimits.requireCount("phrases", phrases.size(), "phrases", RequestLimits.BOXES);
    IntStream.range(0, phrases.size())
        .forEach(
            place -> {
              String name = "phrases[%d]".formatted(place);
              if (phrases.get(place) == null) {
                throw new IllegalArgumentException("Invalid %s: it is null".formatted(name));
              }
              RequestLimits.requireLength(
                  name, phrases.get(place), RequestLimits.PHRASE_CHARACTERS);
            });
  }

  private static ArrayData toArrayData(PhraseMatch match) {
    return new GenericArrayData(match.tokenIndices().stream().mapToInt(i -> i).toArray());
  }
}
