package io.boxwright;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  /** Every package may use those after it, and no other. */
  private static final List<String> PACKAGES =
      List.of(
          "io.boxwright.udf",
          "io.boxwright.udf.ml",
          "io.boxwright.udf.generate",
          "io.boxwright.udf.executor",
          "io.boxwright.udf.counters",
          "io.boxwright.udf.table",
          "io.boxwright.djl",
          "io.boxwright.diffusion.pipelines",
          "io.boxwright.diffusion.guidance",
          "io.boxwright.diffusion.metrics",
          "io.boxwright.diffusion.attention",
          "io.boxwright.diffusion.detection.shapes",
          "io.boxwright.diffusion.detection.owlvit",
          "io.boxwright.diffusion.detection.clip",
          "io.boxwright.diffusion.detection",
          "io.boxwright.diffusion.scores",
          "io.boxwright.diffusion.layout",
          "io.boxwright.diffusion.schedulers",
          "io.boxwright.diffusion.clip",
          "io.boxwright.diffusion.models",
          "io.boxwright.diffusion.models.attention",
          "io.boxwright.diffusion.nn",
          "io.boxwright.diffusion.loading",
          "io.boxwright.diffusion.images",
          "io.boxwright.torch.cuda",
          "io.boxwright.torch",
          "io.boxwright.files",
          "io.boxwright.text",
          "io.boxwright.threads");

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages("io.boxwright");

  @Test
  void packagesPointOneWay() {
    LayeredArchitecture architecture = layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String name : PACKAGES) {
      architecture = architecture.layer(name).definedBy(name);
    }
    for (int i = 1; i < PACKAGES.size(); i++) {
      String[] before = PACKAGES.subList(0, i).toArray(String[]::new);
      architecture = architecture.whereLayer(PACKAGES.get(i)).mayOnlyBeAccessedByLayers(before);
    }
    architecture.whereLayer(PACKAGES.get(0)).mayNotBeAccessedByAnyLayer().check(classes);
  }

  @Test
  void everyClassIsInAPackageThatHasItsPlace() {
    classes().should().resideInAnyPackage(PACKAGES.toArray(String[]::new)).check(classes);
  }

  @Test
  void onlyTheFunctionsOfSparkKnowSpark() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.boxwright.udf..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.spark..")
        .check(classes);
  }

  @Test
  void modelsKnowNothingOfBoxes() {
    noClasses()
        .that()
        .resideInAPackage("io.boxwright.diffusion.models..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.boxwright.diffusion.layout..", "io.boxwright.diffusion.guidance..")
        .check(classes);
  }
}
