package com.pygmy.launch;

import com.pygmy.cli.AdminOptions;
import com.pygmy.cli.AuthoritiesOption;
import com.pygmy.cli.ExitCode;
import com.pygmy.cli.FrontendOptions;
import com.pygmy.launch.BackupDownload.Ended;
import com.pygmy.store.CatalogBase;
import com.pygmy.store.StoreAudit.CatalogFindings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "backup",
    description = "Take a consistent copy of a running store, and check it.",
    footer = {
      "",
      "The file is a SQLite database with all that was confirmed before. It takes its name only",
      "when it is whole and sound. Keep it safe: it holds the orders, with customers and keys.",
      "",
      "Example:",
      "  launcher/pygmy backup store.db"
    })
final class BackupCommand implements Callable<Integer> {

  private static final String PART = ".part";

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;
  @Mixin private AuthoritiesOption authorities;

  @Parameters(index = "0", paramLabel = "FILE", description = "to be made")
  private Path file;

  @Option(
      names = "--url",
      split = ",",
      paramLabel = "URL",
      description =
          "a frontend; give several, the next one is asked when one gives none"
              + " (default: PYGMY_URL, or ports 8081 to 8083 of this machine)")
  private List<String> urls = new ArrayList<>();

  @Option(names = "--force", description = "replace FILE if it is there")
  private boolean force;

  BackupCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Path target = file.toAbsolutePath().normalize();
    if (Files.exists(target) && !force) {
      return refuse(target + " is there already (--force replaces it)");
    }
    try {
      // A name of its own: another back-up to the same FILE may be under way.
      Path part =
          Files.createTempFile(
              target.getParent(),
              target.getFileName() + ".",
              PART,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        return fetch(target, part);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      return refuse("no back-up was made: " + e);
    }
  }

  private int fetch(Path target, Path part) throws IOException {
    BackupDownload download =
        new BackupDownload(
            FrontendOptions.urls(urls, surroundings.environment()),
            admin.token(surroundings.environment()),
            new Trust(
                Optional.of(new DataFolder(admin.data(surroundings.environment()))),
                authorities.file()));
    Ended ended = download.into(part);
    if (ended instanceof Ended.Complete complete) {
      CatalogFindings found = CatalogBase.check(part);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(target);
      tell(target, found, complete);
      return ExitCode.OK;
    } else if (ended instanceof Ended.Refused refused) {
      return refuse("No back-up was made: " + refused.why());
    }
    spec.commandLine()
        .getErr()
        .println("No frontend gave a back-up: " + ((Ended.Unavailable) ended).why());
    return ExitCode.UNAVAILABLE;
  }

  private void tell(Path target, CatalogFindings found, Ended.Complete complete) {
    PrintWriter out = spec.commandLine().getOut();
    out.println("back-up:  " + target + ", " + complete.length() + " bytes, checked and sound");
    out.println("store:    " + found.storeId().orElseThrow());
    out.println("position: " + found.position().term() + ":" + found.position().index());
    out.println("books:    " + found.books().size());
    out.println("orders:   " + found.lastOrderNumber());
    out.println("sha-256:  " + complete.sha256());
  }

  private static void syncFolder(Path file) throws IOException {
    try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  private int refuse(String why) {
    spec.commandLine().getErr().println(why);
    return ExitCode.REFUSED;
  }
}
