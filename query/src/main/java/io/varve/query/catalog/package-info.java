/**
 * Statements about databases, policies and names: SHOW, CREATE, DROP.
 *
 * <p>Answers come from the index, never from data. Start at {@link
 * io.varve.query.catalog.CatalogStatements}.
 */
@NullMarked
package io.varve.query.catalog;

import org.jspecify.annotations.NullMarked;
