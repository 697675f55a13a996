package io.boxwright;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  @Test
  void packagesPointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("command line")
        .definedBy("io.boxwright")
        .layer("actions")
        .definedBy("io.boxwright.job.actions")
        .layer("benchmark")
        .definedBy("io.boxwright.job.benchmark")
        .layer("verification")
        .definedBy("io.boxwright.job.verification")
        .layer("output")
        .definedBy("io.boxwright.job.output")
        .layer("input")
        .definedBy("io.boxwright.job.input")
        .layer("report")
        .definedBy("io.boxwright.job.report")
        .whereLayer("command line")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("actions")
        .mayOnlyBeAccessedByLayers("command line")
        .whereLayer("benchmark")
        .mayOnlyBeAccessedByLayers("command line")
        .whereLayer("verification")
        .mayOnlyBeAccessedByLayers("actions")
        .whereLayer("output")
        .mayOnlyBeAccessedByLayers("command line", "actions", "benchmark", "verification")
        .whereLayer("input")
        .mayOnlyBeAccessedByLayers("command line", "actions", "benchmark", "output", "verification")
        .whereLayer("report")
        .mayOnlyBeAccessedByLayers("command line", "actions", "benchmark")
        .check(
            new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/"))
                .importPackages("io.boxwright"));
  }
}
