package io.boxwright.udf;

import io.boxwright.diffusion.pipelines.RequestLimits;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The function {@code tokens(model, prompt)}, which gives the texts of the tokens that the text
 * encoder reads. The place in the array is the token index.
 */
final class Tokens extends SqlFunction<ArrayData> {

  private static final long serialVersionUID = 1;

  private final Tokenizers tokenizers;

  Tokens(Tokenizers tokenizers) {
    super(
        "tokens",
        "model STRING, prompt STRING",
        DataTypes.createArrayType(DataTypes.StringType, false),
        "The tokens of a prompt by token index; the last token of a word ends in </w>");
    this.tokenizers = tokenizers;
  }

  /**
   * Cuts a prompt.
   *
   * @return the start token, the tokens of the prompt and the end token; null if an argument is
   *     null. A prompt that is too long for the text encoder is cut
   * @throws IllegalArgumentException if the prompt has too many characters
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the model or its file that
   *     cannot be read
   */
  @Override
  public ArrayData produceResult(InternalRow arguments) {
    if (arguments.anyNull()) {
      return null;
    }
    String prompt = arguments.getUTF8String(1).toString();
    RequestLimits.requireLength("prompt", prompt, RequestLimits.PROMPT_CHARACTERS);
    List<String> tokens =
        tokenizers.get(arguments.getUTF8String(0).toString()).encode(prompt).tokens();
    return new GenericArrayData(tokens.stream().map(UTF8String::fromString).toArray());
  }
}
