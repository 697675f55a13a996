package io.boxwright.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.boxwright.job.input.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * A reader of Python pickles of plain data: dicts with texts as keys, lists, tuples, texts,
 * numbers, truth values and None, as JSON. It makes no objects and calls nothing: a pickle that
 * names a class or a function is refused, and so is every operation that plain data do not need.
 */
final class PickleReader {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final String name;
  private final ByteBuffer in;
  private final Deque<List<JsonNode>> marked = new ArrayDeque<>(); // what lies below each mark
  private final Map<Integer, JsonNode> memo = new HashMap<>();
  private List<JsonNode> stack = new ArrayList<>();

  private PickleReader(String name, byte[] bytes) {
    this.name = name;
    this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads a whole file.
   *
   * @throws InvalidInputException if it is no pickle, ends too early, or has more than plain data
   * @throws IOException if it cannot be read
   */
  static JsonNode read(SourceFile file) throws IOException {
    try (InputStream bytes = file.open()) {
      return new PickleReader(file.name(), bytes.readAllBytes()).read();
    }
  }

  private JsonNode read() {
    try {
      while (true) {
        int operation = in.get();
        if (operation == '.') {
          return pop();
        }
        apply(operation);
      }
    } catch (BufferUnderflowException e) {
      throw failure("the pickle ends too early", e);
    } catch (NoSuchElementException | ClassCastException e) {
      throw failure("it is no pickle, or a broken one", e);
    }
  }

  /** Applies an operation of Python's module {@code pickletools}, whose names the comments have. */
  private void apply(int operation) {
    switch (operation) {
      case (byte) 0x80 -> in.get(); // PROTO
      case (byte) 0x95 -> in.getLong(); // FRAME
      case '}' -> push(NODES.objectNode()); // EMPTY_DICT
      case ']', ')' -> push(NODES.arrayNode()); // EMPTY_LIST, EMPTY_TUPLE
      case '(' -> mark(); // MARK
      case 't', 'l' -> push(collect(popMarked())); // TUPLE, LIST
      case (byte) 0x85 -> push(collect(popLast(1))); // TUPLE1
      case (byte) 0x86 -> push(collect(popLast(2))); // TUPLE2
      case (byte) 0x87 -> push(collect(popLast(3))); // TUPLE3
      case 'a' -> append(popLast(1)); // APPEND
      case 'e' -> append(popMarked()); // APPENDS
      case 's' -> setItems(popLast(2)); // SETITEM
      case 'u' -> setItems(popMarked()); // SETITEMS
      case (byte) 0x8c -> push(text(in.get() & 0xff)); // SHORT_BINUNICODE
      case 'X' -> push(text(in.getInt())); // BINUNICODE
      case 'K' -> push(NODES.numberNode(in.get() & 0xff)); // BININT1
      case 'M' -> push(NODES.numberNode(in.getShort() & 0xffff)); // BININT2
      case 'J' -> push(NODES.numberNode(in.getInt())); // BININT
      case 'G' -> push(NODES.numberNode(readBigEndian())); // BINFLOAT
      case 'N' -> push(NODES.nullNode()); // NONE
      case (byte) 0x88 -> push(NODES.booleanNode(true)); // NEWTRUE
      case (byte) 0x89 -> push(NODES.booleanNode(false)); // NEWFALSE
      case (byte) 0x94 -> memo.put(memo.size(), peek()); // MEMOIZE
      case 'q' -> memo.put(in.get() & 0xff, peek()); // BINPUT
      case 'r' -> memo.put(in.getInt(), peek()); // LONG_BINPUT
      case 'h' -> push(recall(in.get() & 0xff)); // BINGET
      case 'j' -> push(recall(in.getInt())); // LONG_BINGET
      default ->
          throw failure(
              "it has the pickle operation 0x%02x at byte %d; only plain data are read, nothing is run"
                  .formatted(operation & 0xff, in.position() - 1),
              null);
    }
  }

  /** Reads the only number that pickles have with its highest byte first. */
  private double readBigEndian() {
    return Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
  }

  private void mark() {
    marked.push(stack);
    stack = new ArrayList<>();
  }

  private List<JsonNode> popMarked() {
    List<JsonNode> items = stack;
    stack = marked.pop();
    return items;
  }

  private List<JsonNode> popLast(int count) {
    List<JsonNode> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(0, pop());
    }
    return items;
  }

  private void push(JsonNode value) {
    stack.add(value);
  }

  private JsonNode pop() {
    JsonNode value = peek();
    stack.remove(stack.size() - 1);
    return value;
  }

  private JsonNode peek() {
    if (stack.isEmpty()) {
      throw new NoSuchElementException();
    }
    return stack.get(stack.size() - 1);
  }

  private JsonNode recall(int place) {
    JsonNode value = memo.get(place);
    if (value == null || value.isContainerNode()) { // a list inside of itself would never end
      throw failure("a list or dict occurs twice in it; only plain data are read", null);
    }
    return value;
  }

  private static ArrayNode collect(List<JsonNode> items) {
    return NODES.arrayNode().addAll(items);
  }

  private void append(List<JsonNode> items) {
    ((ArrayNode) peek()).addAll(items);
  }

  private void setItems(List<JsonNode> items) {
    ObjectNode dict = (ObjectNode) peek();
    for (int i = 0; i + 1 < items.size(); i += 2) {
      if (!items.get(i).isTextual()) {
        throw failure("a key of a dict is no text", null);
      }
      dict.set(items.get(i).textValue(), items.get(i + 1));
    }
  }

  private JsonNode text(int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    try {
      return NODES.textNode(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw failure("it has a text that is not UTF-8", e);
    }
  }

  private InvalidInputException failure(String problem, Exception cause) {
    return new InvalidInputException("%s: %s".formatted(name, problem), cause);
  }
}
