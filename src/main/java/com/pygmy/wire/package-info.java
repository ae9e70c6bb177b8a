/** What crosses a process border: log and bus codecs, JSON, addresses, routes, problem types. */
package com.pygmy.wire;
