/** Tests of what catalog statements are made of. */
@NullMarked
package io.varve.query.catalog;

import org.jspecify.annotations.NullMarked;
