package com.pygmy.cli;

import picocli.CommandLine;

/** The commands of the client. */
public final class Commands {

  /** Puts them below a root command. */
  public static void addTo(CommandLine root, Context context) {
    root.addSubcommand(new SearchCommand(context));
    root.addSubcommand(new TopicsCommand(context));
    root.addSubcommand(new LookupCommand(context));
    root.addSubcommand(new BuyCommand(context));
    root.addSubcommand(new OrderCommand(context));
    CommandLine books = new CommandLine(new BooksCommand());
    books.addSubcommand(new ImportCommand(context));
    books.addSubcommand(new AddCommand(context));
    books.addSubcommand(new PriceCommand(context));
    books.addSubcommand(new RestockCommand(context));
    root.addSubcommand(books);
  }

  private Commands() {}
}
