package com.pygmy.store;

import com.pygmy.domain.EntryChanges;
import java.util.List;
import java.util.Optional;

/**
 * What changed after some entry of the log.
 *
 * @param storeId absent while the store is not founded
 * @param head the last entry applied
 * @param kept whether what was asked for is still known; if not, {@code entries} is empty
 * @param upTo {@code entries} are all that changed a book after the entry asked for, up to this
 */
public record ChangesAfter(
    Optional<String> storeId, long head, boolean kept, long upTo, List<EntryChanges> entries) {}
