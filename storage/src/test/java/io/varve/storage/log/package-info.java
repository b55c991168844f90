@NullMarked
package io.varve.storage.log;

import org.jspecify.annotations.NullMarked;
