package com.pygmy.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --cacert}, for every command that may talk to frontends elsewhere. */
public final class AuthoritiesOption {

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      converter = CertificateFile.class,
      description =
          "PEM file of the certificates that frontends may prove themselves by over HTTPS (default:"
              + " those that Java trusts)")
  private Path file;

  /** By whose certificates frontends prove themselves; absent: those that Java trusts. */
  public Optional<Path> file() {
    return Optional.ofNullable(file);
  }
}
