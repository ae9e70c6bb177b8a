/** SQLite: the catalog's state and the order log; the only importer of SQL. */
package com.pygmy.store;
