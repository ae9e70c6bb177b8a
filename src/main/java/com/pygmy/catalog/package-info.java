/** One catalog replica: the verticle, its state machine, admission. */
package com.pygmy.catalog;
