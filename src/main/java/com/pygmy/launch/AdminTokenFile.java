package com.pygmy.launch;

import com.pygmy.config.AdminToken;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The admin token that {@code up} makes when none is configured; readable by its owner only. Its
 * owner may add others, one a line: any of them is valid, and the first is shown by the commands
 * that find it here.
 */
record AdminTokenFile(Path file) {

  private static final int TOKEN_BYTES = 24;

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /**
   * The tokens in the file; makes it with one if it is not there, or empty. Under the supervisor's
   * lock only.
   */
  List<AdminToken> readOrMake(SecureRandom random) throws IOException {
    if (Files.exists(file)) {
      List<AdminToken> tokens = read();
      if (!tokens.isEmpty()) {
        return tokens;
      }
    }
    byte[] secret = new byte[TOKEN_BYTES];
    random.nextBytes(secret);
    String token = HexFormat.of().formatHex(secret);
    // A file has its permissions before it has its content, and its content before its name.
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    createForOwner(draft);
    Files.writeString(draft, token + "\n");
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return List.of(new AdminToken(token));
  }

  private List<AdminToken> read() throws IOException {
    List<String> lines = Files.readAllLines(file).stream().map(String::strip).toList();
    List<String> tokens = lines.stream().filter(line -> !line.isEmpty()).toList();
    if (tokens.size() > AdminToken.MAX_TOKENS) {
      throw new IOException(file + ": at most " + AdminToken.MAX_TOKENS + " admin tokens");
    }
    Optional<String> wrong = tokens.stream().filter(line -> !AdminToken.isToken(line)).findFirst();
    if (wrong.isPresent()) {
      int line = lines.indexOf(wrong.get()) + 1;
      throw new IOException(file + ", line " + line + ": must be " + AdminToken.FORM);
    }
    return tokens.stream().map(AdminToken::new).toList();
  }

  private static void createForOwner(Path path) throws IOException {
    try {
      Files.createFile(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (UnsupportedOperationException noPosix) {
      createPlain(path);
    }
  }

  private static void createPlain(Path path) throws IOException {
    try {
      Files.createFile(path);
    } catch (FileAlreadyExistsException raced) {
      throw new IOException("somebody else makes " + path + " at this moment", raced);
    }
  }
}
