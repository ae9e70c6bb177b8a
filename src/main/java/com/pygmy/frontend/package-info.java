/** One frontend: routes, retries, the HTTP contract. */
package com.pygmy.frontend;
