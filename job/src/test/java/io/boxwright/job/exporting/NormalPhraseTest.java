package io.boxwright.job.exporting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of classes that are made of phrases. */
class NormalPhraseTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          a Red Circle,             red circle,            false
          The dogs,                 dog,                   true
          two red apples,           red apple,             true
          a bowl of apples,         bowl of apples,        false
          bowls of fruit,           bowl of fruit,         true
          traffic_light,            traffic light,         false
          teddy bear,               teddy bear,            false
          people,                   person,                true
          three knives,             knife,                 true
          berries,                  berry,                 true
          ties,                     tie,                   true
          boxes,                    box,                   true
          benches,                  bench,                 true
          glasses of water,         glasses of water,      false
          horses,                   horse,                 true
          houses,                   house,                 true
          vases,                    vase,                  true
          buses,                    bus,                   true
          tomatoes,                 tomato,                true
          a bus,                    bus,                   false
          the glass,                glass,                 false
          scissors,                 scissors,              false
          skis,                     skis,                  false
          a man standing by chairs, man standing by chairs, false
          7,                        7,                     false
          """)
  void phrasesOfOneThingHaveOneName(String phrase, String name, boolean plural) {
    assertThat(NormalPhrase.of(phrase)).isEqualTo(new NormalPhrase(name, plural));
  }
}
