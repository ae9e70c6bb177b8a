package com.pygmy.launch;

import com.pygmy.cli.AdminOptions;
import com.pygmy.cli.AuthoritiesOption;
import com.pygmy.config.AdminToken;
import com.pygmy.config.Conf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whom the commands that change members ask, and as whom. */
final class MembersOptions {

  @Option(
      names = "--url",
      split = ",",
      paramLabel = "URL",
      description = "a frontend to ask, rather than those that run on the data folder")
  private List<String> urls = new ArrayList<>();

  @Mixin private AuthoritiesOption authorities;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description =
          "the admin token (default: PYGMY_ADMIN_TOKEN, the conf's, or admin-token in the data"
              + " folder)")
  private String token;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "until it is done (default: ${DEFAULT-VALUE})")
  private int waitSeconds;

  int waitSeconds() {
    return waitSeconds;
  }

  /** The frontends to ask: as given, or as they run here, then as the conf says. */
  List<String> urls(DataFolder folder, Optional<Conf> conf) {
    if (!urls.isEmpty()) {
      return urls;
    }
    Stream<String> running =
        folder.nodes().stream()
            .flatMap(node -> node.pidFile().read().stream())
            .filter(process -> process.proof().isAlive())
            .flatMap(process -> process.url().stream());
    Stream<String> named =
        conf.stream().flatMap(c -> c.nodes().stream()).flatMap(node -> node.url().stream());
    return Stream.concat(running, named).distinct().toList();
  }

  /** For its frontends, and those that were named. */
  Trust trust(DataFolder folder) {
    return new Trust(Optional.of(folder), authorities.file());
  }

  MembersCall call(Surroundings surroundings, DataFolder folder, Optional<Conf> conf) {
    Optional<String> shown =
        Optional.ofNullable(token)
            .or(() -> AdminOptions.inVariable(surroundings.environment()))
            .or(() -> conf.flatMap(MembersOptions::firstToken))
            .or(() -> AdminOptions.inFile(folder.adminToken()));
    return new MembersCall(urls(folder, conf), shown, trust(folder));
  }

  private static Optional<String> firstToken(Conf conf) {
    return conf.adminTokens().stream().map(AdminToken::value).findFirst();
  }
}
