/** The conf file as typed records, and the one loader, which reports all errors at once. */
package com.pygmy.config;
