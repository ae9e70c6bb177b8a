package com.pygmy.cli;

import com.pygmy.config.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The file of {@code --cacert}: looked into before anybody is asked. */
final class CertificateFile implements ITypeConverter<Path> {

  @Override
  public Path convert(String name) {
    try {
      Path file = Path.of(name);
      if (!Files.isRegularFile(file)) {
        throw new TypeConversionException("there is no file " + file);
      }
      var unused = TlsFiles.certificates(file);
      return file;
    } catch (IOException | InvalidPathException wrong) {
      throw new TypeConversionException(wrong.getMessage());
    }
  }
}
