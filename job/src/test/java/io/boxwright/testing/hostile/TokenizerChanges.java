package io.boxwright.testing.hostile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Changes of the files of a tokenizer. */
final class TokenizerChanges {

  private final Draw draw;
  private final JsonChanges json;

  /** Creates changes that are drawn at random. */
  TokenizerChanges(Draw draw) {
    this.draw = draw;
    this.json = new JsonChanges(draw);
  }

  /** Changes tokens, merges, or special tokens. */
  String changeTokens() throws IOException {
    Path tokenizer = draw.folder().resolve("tokenizer");
    Path vocabulary = tokenizer.resolve("vocab.json");
    ObjectNode tokens = (ObjectNode) JsonChanges.JSON.readTree(vocabulary.toFile());
    List<String> merges = new ArrayList<>(Files.readAllLines(tokenizer.resolve("merges.txt")));
    String token = draw.pick(JsonChanges.listNames(tokens));
    String how;
    switch (draw.pickNumber(9)) {
      case 0 -> {
        tokens.put(token, draw.pickNumber(2000) - 100);
        how = "another id of " + token;
      }
      case 1 -> {
        JsonChanges.listNames(tokens)
            .forEach(name -> tokens.put(name, tokens.get(name).asInt() + 1));
        how = "ids moved";
      }
      case 2 -> {
        tokens.remove(draw.pick(List.of(token, "<|startoftext|>", "<|endoftext|>", "a", "a</w>")));
        how = "a token less";
      }
      case 3 -> {
        merges.add(
            draw.pick(
                List.of("qq zz", "a b c", "a", "\u0000 \u0000", JsonChanges.EVIL + " a", "a  b")));
        how = "merge " + merges.get(merges.size() - 1);
      }
      case 4 -> {
        Collections.shuffle(merges, draw.random());
        how = "merges in another order";
      }
      case 5 -> {
        Files.writeString(
            tokenizer.resolve("tokenizer_config.json"),
            "{\"added_tokens_decoder\": {\"%s\": {\"content\": \"%s\", \"lstrip\": %s}}}"
                .formatted(
                    draw.pick(List.of("766", "800", "x", "-1", "764", "99999999999", "0")),
                    draw.pick(
                        List.of("<new>", "a", " ", "", JsonChanges.EVIL, "<|endoftext|>", "A b")),
                    draw.pick(List.of("true", "false", "1", "null"))));
        how = "an added token";
      }
      case 6 -> {
        Files.writeString(
            tokenizer.resolve("special_tokens_map.json"),
            "{\"%s\": %s}"
                .formatted(
                    draw.pick(List.of("bos_token", "eos_token", "unk_token", "pad_token")),
                    json.pickValue()));
        how = "another special token";
      }
      case 7 -> {
        Files.writeString(
            tokenizer.resolve("tokenizer.json"),
            "{\"model\": {\"vocab\": %s, \"merges\": %s}, \"added_tokens\": %s}"
                .formatted(
                    draw.flipCoin() ? tokens : json.pickValue(),
                    draw.pick(
                        List.of("[]", "[\"a n\"]", "[[\"a\", \"n\"]]", "[5]", "[[\"a\"]]", "{}")),
                    json.pickValue()));
        how = "a tokenizer.json";
      }
      default -> {
        JsonChanges.listNames(tokens).stream()
            .filter(name -> name.length() < 2)
            .forEach(tokens::remove);
        merges.clear();
        how = "no letters";
      }
    }
    Files.writeString(vocabulary, tokens.toString());
    Files.write(tokenizer.resolve("merges.txt"), merges);
    return "tokenizer: " + how;
  }
}
