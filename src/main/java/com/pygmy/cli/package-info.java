/** The command line client; HTTP only. */
package com.pygmy.cli;
