package com.pygmy;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Who may know whom. A package that is not in the tables fails. */
@AnalyzeClasses(packages = "com.pygmy", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  private static final String ROOT = "com.pygmy.";

  /** Each package, and those of ours that it may use besides itself. */
  private static final Map<String, List<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("domain", List.of()),
          Map.entry("coherence", List.of("domain")),
          Map.entry("replication", List.of()),
          Map.entry("replication.ratis", List.of("replication")),
          Map.entry("store", List.of("domain", "replication")),
          Map.entry("wire", List.of("domain", "coherence")),
          Map.entry("wire.json", List.of("domain", "wire")),
          Map.entry("cluster", List.of("wire")),
          Map.entry("config", List.of()),
          Map.entry("certs", List.of("config")),
          Map.entry(
              "catalog",
              List.of("domain", "coherence", "replication", "store", "wire", "cluster", "config")),
          Map.entry("order", List.of("domain", "store", "wire", "cluster", "config")),
          Map.entry(
              "frontend", List.of("domain", "coherence", "wire", "wire.json", "cluster", "config")),
          Map.entry("cli", List.of("cli.csv", "domain", "wire", "wire.json", "config")),
          Map.entry("cli.csv", List.of("domain")),
          Map.entry("load", List.of("load.svg", "cli", "wire", "wire.json")),
          Map.entry("load.svg", List.of()),
          Map.entry("history", List.of()),
          Map.entry("chaos", List.of("history")),
          Map.entry("deploy", List.of("config")),
          Map.entry(
              "launch",
              List.of(
                  "chaos",
                  "deploy",
                  "history",
                  "domain",
                  "coherence",
                  "replication",
                  "replication.ratis",
                  "store",
                  "wire",
                  "wire.json",
                  "cluster",
                  "config",
                  "certs",
                  "catalog",
                  "order",
                  "frontend",
                  "cli",
                  "cli.csv",
                  "load")));

  /** Code of others, and the only packages of ours that may use it. */
  private static final Map<String, List<String>> ONLY_USED_BY =
      Map.ofEntries(
          Map.entry("org.apache.ratis..", List.of("replication.ratis")),
          Map.entry("com.hazelcast..", List.of("cluster")),
          Map.entry("io.vertx.spi.cluster..", List.of("cluster")),
          Map.entry("java.sql..", List.of("store")),
          Map.entry("javax.sql..", List.of("store")),
          Map.entry("org.sqlite..", List.of("store")),
          Map.entry("io.vertx.sqlclient..", List.of("store")),
          Map.entry("io.vertx.jdbcclient..", List.of("store")),
          // What speaks HTTP to a frontend reads its answers; services read and write by wire.json.
          Map.entry(
              "io.vertx.core.json..",
              List.of("wire", "wire.json", "config", "cli", "load", "chaos", "launch")),
          Map.entry("com.fasterxml.jackson..", List.of("wire", "wire.json", "config")),
          Map.entry("io.vertx.ext.web.client..", List.of("cli", "load", "chaos")),
          Map.entry("org.HdrHistogram..", List.of("load", "frontend")),
          Map.entry("ch.qos.logback..", List.of("launch")),
          Map.entry("picocli..", List.of("cli", "load", "launch")));

  /** The clock and the dice. */
  private static final Set<String> FORBIDDEN =
      Set.of(
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.lang.Math.random",
          "java.util.UUID.randomUUID",
          "java.util.concurrent.ThreadLocalRandom.current",
          "java.time.Instant.now",
          "java.time.LocalDateTime.now",
          "java.time.ZonedDateTime.now",
          "java.time.Clock.systemUTC",
          "java.time.Clock.systemDefaultZone");

  @ArchTest
  static void packagesUseOnlyThoseBelow(JavaClasses all) {
    MAY_USE.forEach(
        (user, used) -> {
          String[] allowed =
              Stream.concat(Stream.of(user), used.stream())
                  .map(name -> ROOT + name)
                  .toArray(String[]::new);
          classes()
              .that()
              .resideInAPackage(ROOT + user)
              .should()
              .onlyDependOnClassesThat(
                  resideInAnyPackage(allowed).or(resideOutsideOfPackages("com.pygmy..")))
              .allowEmptyShould(true)
              .check(all);
        });
  }

  @ArchTest
  static void everyPackageIsInTheTable(JavaClasses all) {
    Set<String> unknown = new TreeSet<>();
    for (JavaClass one : all) {
      String name = one.getPackageName();
      if (!name.startsWith(ROOT) || !MAY_USE.containsKey(name.substring(ROOT.length()))) {
        unknown.add(name);
      }
    }
    assertTrue(unknown.isEmpty(), () -> "not in the table: " + unknown);
  }

  @ArchTest
  static void foreignCodeStaysInItsAdapter(JavaClasses all) {
    ONLY_USED_BY.forEach(
        (foreign, users) ->
            noClasses()
                .that()
                .resideOutsideOfPackages(
                    users.stream().map(name -> ROOT + name).toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(foreign)
                .allowEmptyShould(true)
                .check(all));
  }

  @ArchTest
  static void purePackagesUseOnlyJava(JavaClasses all) {
    classes()
        .that()
        .resideInAnyPackage(
            ROOT + "domain", ROOT + "coherence", ROOT + "replication", ROOT + "history")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                ROOT + "domain",
                ROOT + "coherence",
                ROOT + "replication",
                ROOT + "history",
                "java.lang..",
                "java.util..",
                "java.io",
                "java.math",
                "java.nio..",
                "java.security",
                "java.text",
                "java.time.."))
        .check(all);
  }

  @ArchTest
  static void packagesHaveNoCycles(JavaClasses all) {
    slices().matching("com.pygmy.(**)").should().beFreeOfCycles().check(all);
  }

  /** Time and chance come in as constructor arguments, from {@code launch} and from tests. */
  @ArchTest
  static void timeAndChanceHaveOneDoor(JavaClasses all) {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "launch")
        .should()
        .accessTargetWhere(clockOrDice())
        .check(all);
  }

  private static DescribedPredicate<JavaAccess<?>> clockOrDice() {
    return describe(
        "is the clock, or the dice",
        access -> {
          String target =
              access.getTarget().getOwner().getFullName() + "." + access.getTarget().getName();
          boolean seedless =
              access.getTargetOwner().isEquivalentTo(Random.class)
                  && access.getTarget().getFullName().endsWith("<init>()");
          return seedless || FORBIDDEN.contains(target);
        });
  }
}
