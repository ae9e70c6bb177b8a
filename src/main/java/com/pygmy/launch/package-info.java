/** The composition root: main, node, supervisor. Imported by nobody. */
package com.pygmy.launch;
