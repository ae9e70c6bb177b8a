package com.pygmy.catalog;

import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.Effect;
import com.pygmy.replication.Entry;
import com.pygmy.replication.Position;
import com.pygmy.replication.StateMachine;
import com.pygmy.store.CatalogStore;
import com.pygmy.wire.CommandCodec;
import com.pygmy.wire.MalformedMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The catalog behind the log: decodes the commands of an entry and has the store apply them. */
public final class CatalogStateMachine implements StateMachine<Decision> {

  private final CatalogStore store;

  public CatalogStateMachine(CatalogStore store) {
    this.store = store;
  }

  /**
   * Throws at a command that this version does not know: to pass it over would be another state.
   */
  @Override
  public List<Decision> apply(Entry entry) {
    List<Command> commands;
    try {
      commands = entry.commands().stream().map(CommandCodec::decode).toList();
    } catch (MalformedMessage unknown) {
      throw new IllegalStateException(
          "the log's entry %s is none that this version knows (%s): start a newer one"
              .formatted(entry.position(), unknown.getMessage()),
          unknown);
    }
    return store.apply(entry.position(), entry.at(), commands).stream()
        .map(Effect::decision)
        .toList();
  }

  @Override
  public void pass(Position position) {
    store.pass(position);
  }

  @Override
  public Position restored() {
    return store.restored();
  }

  @Override
  public Optional<String> base() {
    return store.base();
  }

  @Override
  public Optional<String> lineage() {
    return store.catalog().storeId();
  }

  @Override
  public Position durable() {
    return store.durable();
  }

  @Override
  public Position applied() {
    return store.applied();
  }

  @Override
  public boolean admits() {
    return store.admits();
  }

  @Override
  public Position exportTo(Path file) throws IOException {
    return store.exportTo(file);
  }

  @Override
  public Position install(Path file) throws IOException {
    return store.install(file);
  }
}
