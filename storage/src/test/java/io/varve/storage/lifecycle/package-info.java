@NullMarked
package io.varve.storage.lifecycle;

import org.jspecify.annotations.NullMarked;
