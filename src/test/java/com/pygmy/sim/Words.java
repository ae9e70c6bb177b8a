package com.pygmy.sim;

import com.pygmy.domain.Command;
import com.pygmy.domain.Line;
import java.util.List;
import java.util.stream.Collectors;

/** Commands in short words, for traces. */
final class Words {
  private Words() {}

  static String of(Command command) {
    if (command instanceof Command.PlaceOrder buy) {
      return command.key() + " buys " + lines(buy.purchase().lines());
    } else if (command instanceof Command.Restock restock) {
      return command.key() + " restocks " + lines(restock.lines());
    } else if (command instanceof Command.ReviseBook revise) {
      return command.key()
          + " revises "
          + revise.book()
          + revise.revision().topic().map(t -> " topic " + t).orElse("")
          + revise.revision().priceCents().map(c -> " price " + c).orElse("")
          + revise.revision().title().map(t -> " title " + t).orElse("");
    } else if (command instanceof Command.AddBooks add) {
      return command.key()
          + " adds "
          + add.books().stream()
              .map(row -> row.id().map(Object::toString).orElse("next") + " in " + row.topic())
              .toList();
    }
    return command.key() + " " + command.getClass().getSimpleName();
  }

  static String of(List<Command> commands) {
    return commands.stream().map(Words::of).collect(Collectors.joining("; "));
  }

  private static String lines(List<Line> lines) {
    return lines.stream().map(line -> line.quantity() + " of " + line.book()).toList().toString();
  }
}
