/**
 * The cache-coherence protocol between the catalog's leader and the frontends, pure: messages and
 * times in, messages and decisions out. What it promises, and why it holds, is in {@code
 * docs/protocol.md}.
 */
package com.pygmy.coherence;
