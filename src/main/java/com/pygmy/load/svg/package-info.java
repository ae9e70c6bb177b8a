/** Charts as SVG, from numbers; nothing of Pygmy in it. */
package com.pygmy.load.svg;
