package com.pygmy.store;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A database file fails its integrity check, or is no database of the kind it should be. Nothing in
 * it can be trusted: set it aside ({@link CatalogStore#setAside}) and start from what the others
 * have.
 */
public final class DamagedDatabaseException extends IOException {
  DamagedDatabaseException(Path file, String why) {
    super("database " + file + " is damaged: " + why);
  }

  DamagedDatabaseException(Path file, Throwable cause) {
    super("database " + file + " is damaged: " + cause.getMessage(), cause);
  }
}
