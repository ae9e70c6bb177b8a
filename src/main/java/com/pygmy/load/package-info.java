/** The load client: many customers at once, and what they measured; HTTP only. */
package com.pygmy.load;
