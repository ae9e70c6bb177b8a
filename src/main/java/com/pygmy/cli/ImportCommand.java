package com.pygmy.cli;

import com.pygmy.cli.csv.BookRows;
import com.pygmy.cli.csv.BookRows.BadBook;
import com.pygmy.cli.csv.BookRows.BookRow;
import com.pygmy.cli.csv.BookRows.GoodBook;
import com.pygmy.cli.csv.BookRows.Mapping;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "import",
    description = "Add the books of a CSV file with a header.",
    footer = {
      "",
      "A book is known by its id. The same row again changes nothing; a different one is a",
      "conflict unless --update. The stock of a known book is never touched. Bad rows are",
      "told and left out.",
      "",
      "Example:",
      "  launcher/pygmy books import goodbooks.csv --map id=book_id --map author=authors \\",
      "      --topic novels --price-cents 1299 --stock 10"
    })
final class ImportCommand implements Callable<Integer> {

  private final Context context;

  @Spec private CommandSpec spec;
  @Mixin private ClientOptions options;
  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "FILE.csv", description = "UTF-8; fields may be quoted")
  private Path file;

  @Option(
      names = "--map",
      paramLabel = "FIELD=COLUMN",
      description = "fields are id, title, author, topic, priceCents, stock")
  private Map<String, String> columns = new LinkedHashMap<>();

  @Option(names = "--topic", paramLabel = "TEXT", description = "where the file has none")
  private String topic;

  @Option(names = "--price-cents", paramLabel = "N", description = "where the file has none")
  private Long priceCents;

  @Option(names = "--stock", paramLabel = "N", description = "where the file has none")
  private Integer stock;

  @Option(names = "--update", description = "change known books to what the file says")
  private boolean update;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "200",
      description = "so many books in a request at most (default: ${DEFAULT-VALUE})")
  private int batch;

  ImportCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    try (InputStream stream = Files.newInputStream(file)) {
      BookRows.Opening opening = BookRows.open(stream, new Mapping(columns, defaults()));
      if (opening instanceof BookRows.Unusable unusable) {
        err.println(file + " cannot be imported:");
        unusable.reasons().forEach(reason -> err.println("  " + reason));
        err.println("Name its columns with --map FIELD=COLUMN.");
        return ExitCode.USAGE;
      }
      return run(((BookRows.Opened) opening).rows());
    } catch (NoSuchFileException e) {
      err.println("there is no file " + file);
      return ExitCode.USAGE;
    } catch (IOException e) {
      err.println(file + " cannot be read: " + e.getMessage());
      return ExitCode.USAGE;
    }
  }

  private int run(BookRows rows) throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    Progress progress = new Progress(err, context.isTerminal(), Files.size(file));
    try (ShopClient client = options.open(context)) {
      Importer importer =
          new Importer(
              client,
              admin.token(context.environment()),
              "import-" + context.newKey(),
              update,
              batch,
              (line, reason) -> progress.interrupt("line " + line + ": " + reason));
      Optional<BookRow> row = rows.next();
      while (row.isPresent() && importer.canGoOn()) {
        if (row.get() instanceof GoodBook good) {
          importer.take(good);
        } else {
          importer.takeBad((BadBook) row.get());
        }
        progress.at(rows.bytesRead());
        row = rows.next();
      }
      importer.finish();
      progress.end();
      return tell(importer);
    }
  }

  private int tell(Importer importer) {
    Importer.Counts counts = importer.counts();
    PrintWriter out = spec.commandLine().getOut();
    if (options.isJson()) {
      out.println(
          new JsonObject()
              .put("added", counts.added())
              .put("unchanged", counts.unchanged())
              .put("updated", counts.updated())
              .put("conflict", counts.conflict())
              .put("bad", counts.bad())
              .put("undecided", counts.undecided())
              .encode());
    } else {
      out.println(
          "%d added, %d unchanged, %d updated, %d in conflict, %d bad"
              .formatted(
                  counts.added(),
                  counts.unchanged(),
                  counts.updated(),
                  counts.conflict(),
                  counts.bad()));
    }
    PrintWriter err = spec.commandLine().getErr();
    if (counts.conflict() > 0) {
      err.println("Conflicts: --update changes known books to what the file says.");
    }
    Optional<Importer.Stop> stop = importer.stop();
    if (stop.isPresent()) {
      err.println("Stopped: " + stop.get().why());
      err.println("Import the file again when that is settled: known rows change nothing.");
      return stop.get().exitCode();
    }
    return counts.conflict() + counts.bad() > 0 ? ExitCode.REFUSED : ExitCode.OK;
  }

  private Map<String, String> defaults() {
    Map<String, String> defaults = new LinkedHashMap<>();
    Optional.ofNullable(topic).ifPresent(value -> defaults.put("topic", value));
    Optional.ofNullable(priceCents).ifPresent(value -> defaults.put("priceCents", "" + value));
    Optional.ofNullable(stock).ifPresent(value -> defaults.put("stock", "" + value));
    return defaults;
  }
}
