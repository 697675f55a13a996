package io.boxwright;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  /** Every package may use those after it, and no other of this module. */
  private static final List<String> PACKAGES =
      List.of(
          "io.boxwright",
          "io.boxwright.cli",
          "io.boxwright.job.actions",
          "io.boxwright.job.benchmark",
          "io.boxwright.job.page",
          "io.boxwright.job.evaluation",
          "io.boxwright.job.exporting",
          "io.boxwright.job.importing",
          "io.boxwright.job.figures",
          "io.boxwright.job.report",
          "io.boxwright.job.verification",
          "io.boxwright.job.output",
          "io.boxwright.job.input");

  /** Of this module alone: the other one's are not in its folder of classes. */
  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(location -> location.contains("/job/target/"))
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
}
