@NullMarked
package io.varve.storage.kv;

import org.jspecify.annotations.NullMarked;
