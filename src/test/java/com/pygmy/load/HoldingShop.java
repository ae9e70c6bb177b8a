package com.pygmy.load;

import static com.pygmy.cli.FakeFrontend.answer;

import com.pygmy.cli.FakeFrontend;
import com.pygmy.cli.FakeFrontend.Heard;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A shop of one book that answers no look-up before so many have come, and then all. */
final class HoldingShop implements AutoCloseable {

  private final FakeFrontend frontend;
  private final int enough;
  private final AtomicInteger asked;
  private final List<HttpServerRequest> held = new ArrayList<>();

  HoldingShop(Vertx vertx, int enough, AtomicInteger asked) throws TimeoutException {
    this.enough = enough;
    this.asked = asked;
    this.frontend = new FakeFrontend(vertx, this::take);
  }

  String url() {
    return frontend.url();
  }

  private void take(HttpServerRequest request, Heard heard) {
    if (heard.uri().startsWith("/books?")) {
      answer(request, 200, "{\"items\":[{\"id\":1}]}");
      return;
    }
    held.add(request);
    if (asked.incrementAndGet() >= enough) {
      held.forEach(one -> answer(one, 200, "{\"id\":1,\"stock\":1}"));
      held.clear();
    }
  }

  @Override
  public void close() throws TimeoutException {
    frontend.close();
  }
}
