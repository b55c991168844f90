/** Tests of the remote protocols as bytes, with an encoder and decoders of their own. */
@NullMarked
package io.varve.server.remote;

import org.jspecify.annotations.NullMarked;
