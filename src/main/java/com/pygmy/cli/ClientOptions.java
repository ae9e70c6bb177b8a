package com.pygmy.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that asks a store one thing. */
final class ClientOptions {

  @Mixin private FrontendOptions frontends;

  @Option(names = "--json", description = "print what the server answers")
  private boolean json;

  boolean isJson() {
    return json;
  }

  ShopClient open(Context context) {
    return new ShopClient(
        frontends.urls(context.environment()),
        frontends.timeoutMillis(),
        ShopClient.CONNECTIONS,
        frontends.authorities(),
        context.nanoClock());
  }
}
