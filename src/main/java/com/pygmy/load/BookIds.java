package com.pygmy.load;

import com.pygmy.cli.Answer;
import com.pygmy.cli.Answer.Said;
import com.pygmy.cli.Answer.Unavailable;
import com.pygmy.cli.ExitCode;
import com.pygmy.cli.Request;
import com.pygmy.cli.ShopClient;
import com.pygmy.wire.json.JsonKeys;
import com.pygmy.wire.json.Route;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What there is to be asked for. */
sealed interface BookIds {

  /** The first books of more are as good as all. */
  int MOST = 50_000;

  /** At least one. */
  record Found(List<Integer> ids) implements BookIds {
    public Found {
      ids = List.copyOf(ids);
    }
  }

  /** None; why, has been told. */
  record Missing(int exitCode) implements BookIds {}

  /** Asks a shop for the ids of its books, in their order. Waits, not on an event loop. */
  static BookIds of(ShopClient shop, PrintWriter err) {
    List<Integer> ids = new ArrayList<>();
    String after = "";
    while (ids.size() < MOST) {
      Answer answer = shop.askAndWait(Request.read(Route.LIST_BOOKS.path() + "?limit=100" + after));
      if (answer instanceof Unavailable unavailable) {
        return new Missing(unavailable.tell(err, false));
      }
      Said said = (Said) answer; // of a read nothing is unknown
      try {
        JsonObject page = new JsonObject(said.body());
        page.getJsonArray(JsonKeys.ITEMS).stream()
            .map(JsonObject.class::cast)
            .forEach(book -> ids.add(book.getInteger(JsonKeys.ID)));
        String next = page.getString(JsonKeys.NEXT);
        if (next == null) {
          break;
        }
        after = "&after=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
      } catch (DecodeException | ClassCastException | NullPointerException notOurs) {
        err.println(
            "The list of books was answered with " + said.status() + ": is this a frontend?");
        return new Missing(ExitCode.UNAVAILABLE);
      }
    }
    if (ids.isEmpty()) {
      err.println("There are no books to ask for. Add some: launcher/pygmy books import FILE.csv");
      return new Missing(ExitCode.REFUSED);
    }
    return new Found(ids);
  }
}
