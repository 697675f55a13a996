package io.boxwright;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  /** Every package may use those behind it, and no other. */
  private static final List<String> PACKAGES =
      List.of(
          "spark",
          "pipelines",
          "guidance",
          "metrics",
          "detection",
          "layout",
          "schedulers",
          "clip",
          "models",
          "nn",
          "loading",
          "images",
          "text");

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages("io.boxwright");

  @Test
  void packagesPointOneWay() {
    LayeredArchitecture architecture = layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String name : PACKAGES) {
      architecture = architecture.layer(name).definedBy("io.boxwright." + name + "..");
    }
    for (int i = 1; i < PACKAGES.size(); i++) {
      String[] before = PACKAGES.subList(0, i).toArray(String[]::new);
      architecture = architecture.whereLayer(PACKAGES.get(i)).mayOnlyBeAccessedByLayers(before);
    }
    architecture.whereLayer(PACKAGES.get(0)).mayNotBeAccessedByAnyLayer().check(classes);
  }

  @Test
  void onlyTheSparkPackageKnowsSpark() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.boxwright.spark..")
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
