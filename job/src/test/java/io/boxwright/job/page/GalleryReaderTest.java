package io.boxwright.job.page;

import static org.apache.spark.sql.functions.array;
import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.job.output.Json;
import io.boxwright.job.page.Gallery.Card;
import io.boxwright.job.page.Gallery.Picture;
import io.boxwright.testing.SharedSpark;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Galleries of a table of twelve pictures of noise, with attention; image 3 is an error. */
class GalleryReaderTest extends SharedSpark {

  private static final int IMAGES = 12;

  @TempDir private static Path folder;

  private static Dataset<Row> images;
  private static RunNumbers numbers;

  @BeforeAll
  static void writeTable() {
    spark
        .sql(
            """
            select string(id) id, 0 image_index, concat('a cat ', id) prompt,
              if(id = 3, 'no memory', null) error,
              if(id = 3, null, named_struct('bytes', unbase64('%s'), 'path', 'x.png')) image,
              if(id = 3, 'error', 'ok') status, 'cats' category,
              named_struct('held_out', named_struct('in_box_mass', id / 20D, 'lift', id / 5D))
                adherence,
              if(id = 3, null, array(named_struct('label', 'a cat', 'boxes',
                array(array(0.1D, 0.2D, 0.5D, 0.6D)), 'held_out',
                named_struct('in_box_mass', id / 20D, 'lift', id / 5D, 'iou', 0.5D), 'detection',
                named_struct('score', 0.9D, 'iou', id / 12D, 'box', array(0D, 0D, 0.5D, 0.5D)))))
                objects,
              if(id = 3, null, named_struct('iou', id / 12D)) detection,
              array(named_struct('object', 0, 'label', 'a cat', 'layer', 'mid', 'height', 1,
                'width', 2, 'values', array(float(1), float(3)))) attention
            from range(0, %d, 1, 3)
            """
                .formatted(Base64.getEncoder().encodeToString(drawNoise()), IMAGES))
        .write()
        .parquet(folder.resolve("images").toString());
    images = spark.read().parquet(folder.resolve("images").toString());
    numbers = ImageNumbersReader.read(0, images, Optional.empty());
  }

  private static byte[] drawNoise() {
    BufferedImage noise = new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(1);
    for (int i = 0; i < 300 * 200; i++) {
      noise.setRGB(i % 300, i / 300, random.nextInt(1 << 24));
    }
    return PngEncoder.encode(noise);
  }

  private static Gallery read(long mostBytes) {
    List<RunNumbers> runs = List.of(numbers);
    return new GalleryReader(GalleryChoice.of(runs), runs)
        .read(List.of(new GallerySource(0, Optional.of(images), Optional.empty())), "x", mostBytes);
  }

  @Test
  void aCardHasASmallPictureItsBoxesAndItsAttention() throws IOException {
    Card card = read(GalleryReader.MOST_BYTES).cards().get(0);

    assertThat(card.anchor()).isEqualTo("image-0");
    assertThat(card.prompt()).isEqualTo("a cat 0");
    Picture picture = card.pictures().get(0);
    BufferedImage small = ImageIO.read(new ByteArrayInputStream(picture.jpeg()));
    assertThat(small.getWidth()).isEqualTo(192).isEqualTo(picture.width());
    assertThat(small.getHeight()).isEqualTo(128).isEqualTo(picture.height());
    assertThat(picture.score()).isZero();
    Gallery.ShownObject object = picture.objects().get(0);
    assertThat(object.label()).isEqualTo("a cat");
    assertThat(object.boxes()).containsExactly(List.of(0.1, 0.2, 0.5, 0.6));
    assertThat(object.detected()).containsExactly(0.0, 0.0, 0.5, 0.5);
    assertThat(object.inBoxMass()).isZero();
    assertThat(ImageIO.read(new ByteArrayInputStream(object.heat())).getWidth()).isEqualTo(2);
  }

  @Test
  void numbersAreReadWithTheFileThatHasThem() {
    assertThat(numbers.images()).hasSize(IMAGES);
    assertThat(numbers.images().stream().map(ImageNumbers::file).distinct()).hasSize(3);
    ImageNumbers failed =
        numbers.images().stream().filter(image -> !image.good()).findFirst().orElseThrow();
    assertThat(failed.key().id()).isEqualTo("3");
    assertThat(failed.iou()).isNull();
    assertThat(failed.objects()).isEmpty();
    assertThat(numbers.images().get(1).objects())
        .containsExactly(new ObjectNumbers(0.05, 0.2, 0.5, 1 / 12.0));
  }

  @Test
  void anEvaluationReplacesTheRunsOwnDetections() {
    Dataset<Row> evaluation =
        spark.sql(
            """
            select '5' id, 0 image_index, 'a cat 5' prompt, array(named_struct('iou', 0.75D, 'best_iou',
              named_struct('score', 0.3D, 'box', array(0.1D, 0.1D, 0.2D, 0.2D)), 'best_score',
              named_struct('score', 0.4D, 'box', array(0.5D, 0.5D, 1D, 1D), 'iou', 0D))) objects,
              array(named_struct('label', 'a cat', 'score', 0.4D, 'box', array(0.5D, 0.5D, 1D, 1D)))
                detections
            """);
    List<RunNumbers> runs = List.of(ImageNumbersReader.read(0, images, Optional.of(evaluation)));

    Gallery gallery =
        new GalleryReader(GalleryChoice.of(runs), runs)
            .read(
                List.of(new GallerySource(0, Optional.of(images), Optional.of(evaluation))),
                "x",
                GalleryReader.MOST_BYTES);

    List<Card> scored =
        gallery.cards().stream().filter(card -> !card.groups().contains("unscored")).toList();
    assertThat(gallery.cards()).hasSize(IMAGES - 1);
    assertThat(scored).extracting(Card::id).containsExactly("5");
    Picture picture = scored.get(0).pictures().get(0);
    assertThat(picture.score()).isEqualTo(0.75);
    assertThat(picture.objects().get(0).detected()).containsExactly(0.1, 0.1, 0.2, 0.2);
    assertThat(picture.objects().get(0).confidence()).isEqualTo(0.3);
    assertThat(picture.detections()).isEmpty(); // its object has its own
  }

  @Test
  void anImageWithoutALayoutShowsEverythingThatTheEvaluationFound() {
    Dataset<Row> plain =
        images.withColumn("objects", array().cast(images.schema().apply("objects").dataType()));
    Dataset<Row> evaluation =
        spark.sql(
            """
            select '5' id, 0 image_index, 'a cat 5' prompt, cast(array() as array<struct<best_iou:struct<
              score:double, box:array<double>>, best_score:struct<score:double,
              box:array<double>>, iou:double>>) objects,
              true right, array(named_struct('label', 'a dog', 'score', 0.2D, 'box', array(0D, 0D, 1D, 1D)),
                named_struct('label', 'a cat', 'score', 0.7D, 'box', array(0D, 0D, 0.5D, 0.5D)))
                detections
            """);
    List<RunNumbers> runs = List.of(ImageNumbersReader.read(0, plain, Optional.of(evaluation)));

    Gallery gallery =
        new GalleryReader(GalleryChoice.of(runs), runs)
            .read(
                List.of(new GallerySource(0, Optional.of(plain), Optional.of(evaluation))),
                "x",
                GalleryReader.MOST_BYTES);

    assertThat(gallery.cards())
        .filteredOn(card -> card.id().equals("5"))
        .singleElement()
        .extracting(card -> card.pictures().get(0))
        .satisfies(
            picture -> {
              assertThat(picture.right()).isTrue();
              assertThat(picture.detections())
                  .containsExactly(
                      new Gallery.ShownDetection("a cat", List.of(0.0, 0.0, 0.5, 0.5), 0.7),
                      new Gallery.ShownDetection("a dog", List.of(0.0, 0.0, 1.0, 1.0), 0.2));
            });
  }

  @Test
  void cardsThatWouldMakeThePageTooLargeAreLeftOut() {
    long most = 60_000;

    Gallery gallery = read(most);

    assertThat(gallery.cards()).hasSizeBetween(1, IMAGES - 2);
    assertThat(gallery.leftOut()).isEqualTo(IMAGES - 1 - gallery.cards().size());
    assertThat(Json.toText(gallery).length()).isLessThan((int) (most * 1.5));
  }
}
