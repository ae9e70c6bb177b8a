package com.pygmy.launch;

import com.pygmy.cli.CertificateFile;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --cacert}, for commands that may talk to frontends elsewhere. */
final class TrustOption {

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      converter = CertificateFile.class,
      description = CertificateFile.DESCRIPTION)
  private Path authorities;

  /** In the nodes of a data folder, and those of the option. */
  Trust trust(Optional<DataFolder> nodes) {
    return new Trust(nodes, Optional.ofNullable(authorities));
  }
}
