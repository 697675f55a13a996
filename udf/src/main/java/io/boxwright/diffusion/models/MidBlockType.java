package io.boxwright.diffusion.models;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.boxwright.text.Printable;
import java.io.IOException;

/**
 * The {@code mid_block_type} of a UNet. A file with null and a file without the key mean different
 * things.
 */
@JsonDeserialize(using = MidBlockType.Deserializer.class)
public enum MidBlockType {
  /** {@code UNetMidBlock2DCrossAttn}, the default. */
  CROSS_ATTENTION,
  /** No block between the down blocks and the up blocks: null. */
  NONE;

  private static final String CROSS_ATTENTION_CLASS = "UNetMidBlock2DCrossAttn";

  /** The deserializer of the class name. */
  static final class Deserializer extends JsonDeserializer<MidBlockType> {

    @Override
    public MidBlockType deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      String name = parser.getValueAsString();
      if (!CROSS_ATTENTION_CLASS.equals(name)) {
        throw new IllegalArgumentException(
            "mid_block_type = %s is not supported, only %s or null"
                .formatted(Printable.value(parser.getText()), CROSS_ATTENTION_CLASS));
      }
      return CROSS_ATTENTION;
    }

    @Override
    public MidBlockType getNullValue(DeserializationContext context) {
      return NONE;
    }

    @Override
    public Object getAbsentValue(DeserializationContext context) {
      return CROSS_ATTENTION;
    }
  }
}
