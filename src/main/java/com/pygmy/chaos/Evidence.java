package com.pygmy.chaos;

import com.pygmy.history.History;
import java.util.List;
import java.util.Map;

/**
 * All that a run has brought to light.
 *
 * @param inventories one of each frontend; none if the run was broken off
 * @param nodesByUrl which node a frontend runs on
 * @param troubles what else went wrong: a fault that the shop did not get over
 * @param audit differences between the databases
 */
public record Evidence(
    Load load,
    History history,
    Ledger ledger,
    List<Inventory> inventories,
    List<Injected> faults,
    Map<String, String> nodesByUrl,
    List<String> troubles,
    List<String> audit) {

  public Evidence {
    inventories = List.copyOf(inventories);
    faults = List.copyOf(faults);
    nodesByUrl = Map.copyOf(nodesByUrl);
    troubles = List.copyOf(troubles);
    audit = List.copyOf(audit);
  }
}
