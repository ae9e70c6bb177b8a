/**
 * The HTTP contract as text: routes, JSON of requests and answers, problem types. The only user of
 * JSON keys. Pure: bytes in, records out, and back.
 */
package com.pygmy.wire.json;
