package com.pygmy.launch;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/** The admin token that {@code up} makes when none is configured; readable by its owner only. */
record AdminTokenFile(Path file) {

  private static final int TOKEN_BYTES = 24;

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /** The token in the file; makes both if it is not there. Under the supervisor's lock only. */
  String readOrMake(SecureRandom random) throws IOException {
    if (Files.exists(file)) {
      String token = Files.readString(file).strip();
      if (!token.isEmpty()) {
        return token;
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
    return token;
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
