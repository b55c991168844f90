/** Clients that others wrote, against the whole server. */
@NullMarked
package io.varve.server.clients;

import org.jspecify.annotations.NullMarked;
