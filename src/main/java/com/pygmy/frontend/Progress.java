package com.pygmy.frontend;

/** How far the log has come, and what is known of the way there. */
sealed interface Progress permits LivePage, Progress.Gap {

  EventId end();

  /** Something before the end is not known any more, or was another store. */
  record Gap(EventId end) implements Progress {}
}
