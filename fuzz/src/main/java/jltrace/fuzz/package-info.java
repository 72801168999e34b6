/** What the fuzz targets share: files to begin with, changes to them, and what reading may cost. */
@NullMarked
package jltrace.fuzz;

import org.jspecify.annotations.NullMarked;
