package io.varve.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.varve.storage.ColumnStats;
import io.varve.storage.StorageException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which package may touch what: the plan of the house, checked on the compiled classes. */
class ArchitectureTest {
  private static final String STORAGE = "io.varve.storage";
  private static JavaClasses varve = new ClassFileImporter().importClasses();

  @BeforeAll
  static void read() {
    varve =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.varve");
  }

  @Test
  void seesAllModules() {
    assertThat(varve).extracting(type -> type.getPackageName()).contains(STORAGE);
    assertThat(varve.contain("io.varve.query.QueryEngine")).isTrue();
    assertThat(varve.contain("io.varve.server.Main")).isTrue();
  }

  @Test
  void onlyKvTouchesRocksDb() {
    noClasses()
        .that()
        .resideOutsideOfPackage(STORAGE + ".kv")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.rocksdb..")
        .check(varve);
  }

  @Test
  void onlyTheHttpPackageTouchesNetty() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.varve.server.http")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(varve);
  }

  @Test
  void modulesLookOneWay() {
    noClasses()
        .that()
        .resideInAPackage("io.varve.storage..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.varve.query..", "io.varve.server..")
        .check(varve);
    noClasses()
        .that()
        .resideInAPackage("io.varve.query..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.varve.server..")
        .check(varve);
  }

  @Test
  void queryAndServerUseOnlyTheDoorOfStorage() {
    noClasses()
        .that()
        .resideInAnyPackage("io.varve.query..", "io.varve.server..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.varve.storage..")
                .and(not(resideInAnyPackage(STORAGE, STORAGE + ".model"))))
        .check(varve);
  }

  @Test
  void theServerUsesOnlyTheDoorOfTheQueryLayer() {
    noClasses()
        .that()
        .resideInAPackage("io.varve.server..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.varve.query..")
                .and(
                    not(
                        resideInAnyPackage(
                            "io.varve.query",
                            "io.varve.query.promql",
                            "io.varve.query.promql.histogram",
                            "io.varve.query.prometheus"))))
        .check(varve);
  }

  @Test
  void storagePackagesDependInOrder() {
    mayDependOn("model");
    mayDependOn("codec", "model");
    mayDependOn("chunk", "model", "codec");
    mayDependOn("index", "model");
    mayDependOn("kv");
    mayDependOn("head", "model", "codec", "chunk", "index");
  }

  /** All of storage may use two words of its door: how it fails, and what a chunk's header says. */
  private static void mayDependOn(String name, String... others) {
    String[] allowed = new String[others.length + 1];
    allowed[others.length] = STORAGE + "." + name;
    for (int i = 0; i < others.length; i++) {
      allowed[i] = STORAGE + "." + others[i];
    }
    noClasses()
        .that()
        .resideInAPackage(STORAGE + "." + name)
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.varve..")
                .and(not(resideInAnyPackage(allowed)))
                .and(not(belongToAnyOf(StorageException.class, ColumnStats.class))))
        .check(varve);
  }

  @Test
  void ingestAndEncodeKnowNoNetworkAndNotEachOther() {
    noClasses()
        .that()
        .resideInAPackage("io.varve.server.ingest")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.varve..")
                .and(not(resideInAnyPackage("io.varve.server.ingest", STORAGE + ".model"))))
        .check(varve);
    noClasses()
        .that()
        .resideInAPackage("io.varve.server.remote")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.varve..")
                .and(
                    not(
                        resideInAnyPackage(
                            "io.varve.server.remote",
                            STORAGE + ".model",
                            "io.varve.query.promql",
                            "io.varve.query.promql.histogram",
                            "io.varve.query.prometheus"))))
        .check(varve);
    noClasses()
        .that()
        .resideInAPackage("io.varve.server.encode")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.varve..")
                .and(
                    not(
                        resideInAnyPackage(
                            "io.varve.server.encode",
                            "io.varve.query",
                            "io.varve.query.promql",
                            "io.varve.query.promql.histogram",
                            "io.varve.query.prometheus"))))
        .check(varve);
  }

  @Test
  void metricsKnowNothingOfThoseWhoCount() {
    noClasses()
        .that()
        .resideInAPackage("io.varve.server.metrics")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.varve.server..")
                .and(not(resideInAPackage("io.varve.server.metrics"))))
        .check(varve);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.varve.server.(*)..").should().beFreeOfCycles().check(varve);
    slices().matching("io.varve.query.(*)..").should().beFreeOfCycles().check(varve);
    slices().matching("io.varve.storage.(*)..").should().beFreeOfCycles().check(varve);
  }

  @Test
  void onlyMainEndsTheProcess() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.varve.server.Main")
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .check(varve);
  }

  @Test
  void everyPackageIsNullMarked() {
    classes()
        .that()
        .haveSimpleName("package-info")
        .should()
        .beAnnotatedWith("org.jspecify.annotations.NullMarked")
        .check(varve);
  }
}
