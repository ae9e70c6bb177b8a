package com.pygmy.launch;

import com.pygmy.cli.ExitCode;
import com.pygmy.cli.Table;
import com.pygmy.launch.Audit.Checked;
import com.pygmy.store.StoreAudit.CatalogFindings;
import com.pygmy.store.StoreAudit.OrdersFindings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "audit",
    description = "Check and compare the databases of a live or a stopped store.",
    footer = {
      "",
      "Per book initial + restocked - sold = stock; order numbers without a gap; one order per",
      "key; the same orders and the same books everywhere. Exits 1 when something is off.",
      "",
      "Example:",
      "  launcher/pygmy audit"
    })
final class AuditCommand implements Callable<Integer> {

  private static final String NONE = "-";
  private static final int DIGEST_CHARS = 12;
  private static final int STORE_CHARS = 8;

  private final Surroundings surroundings;

  @Spec private CommandSpec spec;
  @Mixin private FolderOption data;

  @Option(names = "--json", description = "for programs")
  private boolean json;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description =
          "for a moment in which all catalogs stand at the same position (default:"
              + " ${DEFAULT-VALUE})")
  private int waitSeconds;

  AuditCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    DataFolder folder = data.folder(surroundings);
    Audit audit =
        Audit.settled(folder, TimeUnit.SECONDS.toMillis(waitSeconds), surroundings.nanoClock());
    if (audit.checked().isEmpty()) {
      spec.commandLine().getErr().println("there are no databases in " + folder.root());
      return ExitCode.REFUSED;
    }
    if (json) {
      spec.commandLine().getOut().println(json(audit).encodePrettily());
    } else {
      print(audit);
    }
    return audit.differences().isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
  }

  private void print(Audit audit) {
    PrintWriter out = spec.commandLine().getOut();
    Table table =
        new Table("NODE", "REPLICA", "STORE", ">POSITION", ">BOOKS", ">ORDERS", "DIGEST", "FOUND");
    audit.checked().forEach(one -> row(table, one));
    table.print(out);
    out.println("orders 1 to " + audit.comparedOrders() + " compared (DIGEST)");
    out.println(
        audit.isEveryBookCompared()
            ? "books of all catalogs compared"
            : "books compared only where catalogs stand at the same position");
    out.println(
        audit.differences().isEmpty()
            ? "all is sound"
            : audit.differences().size() + " differences:");
    audit.differences().forEach(difference -> out.println("  " + difference));
  }

  private static JsonObject json(Audit audit) {
    return new JsonObject()
        .put("sound", audit.differences().isEmpty())
        .put("replicas", new JsonArray(audit.checked().stream().map(AuditCommand::json).toList()))
        .put("comparedOrders", audit.comparedOrders())
        .put("everyBookCompared", audit.isEveryBookCompared())
        .put("differences", new JsonArray(audit.differences()));
  }

  private static JsonObject json(Checked one) {
    JsonObject replica =
        new JsonObject()
            .put("node", one.node())
            .put("service", one.service())
            .put("sound", isSound(one));
    one.storeId().ifPresent(id -> replica.put("storeId", id));
    one.catalog()
        .ifPresent(
            catalog ->
                replica
                    .put("term", catalog.position().term())
                    .put("index", catalog.position().index())
                    .put("books", catalog.books().size()));
    one.lastOrderNumber().ifPresent(last -> replica.put("orders", last));
    one.digest().ifPresent(digest -> replica.put("digest", digest));
    return replica;
  }

  private static boolean isSound(Checked one) {
    return one.catalog()
        .map(CatalogFindings::isSound)
        .or(() -> one.orders().map(OrdersFindings::isSound))
        .orElse(false);
  }

  private static void row(Table table, Checked one) {
    table.row(
        one.node(),
        one.service(),
        one.storeId().map(id -> cut(id, STORE_CHARS)).orElse(NONE),
        one.catalog().map(c -> c.position().term() + ":" + c.position().index()).orElse(NONE),
        one.catalog().map(c -> Integer.toString(c.books().size())).orElse(NONE),
        one.lastOrderNumber().isPresent() ? one.lastOrderNumber().getAsLong() : NONE,
        one.digest().map(digest -> cut(digest, DIGEST_CHARS)).orElse(NONE),
        isSound(one) ? "sound" : "DIFFERENCES");
  }

  private static String cut(String text, int chars) {
    return text.substring(0, Math.min(chars, text.length()));
  }
}
