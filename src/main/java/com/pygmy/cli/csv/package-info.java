/** CSV files, and books read from them. Own code: see {@link com.pygmy.cli.csv.CsvReader}. */
package com.pygmy.cli.csv;
