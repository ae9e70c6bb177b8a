/** Certificates for the nodes of a cluster, made by the JDK's keytool. */
package com.pygmy.certs;
