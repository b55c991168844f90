/**
 * Users, their passwords and grants, and what statements require of them.
 *
 * <p>Kept as documents of the store; knows nothing of how a request carries credentials. Start at
 * {@link io.varve.query.access.UserStore} and {@link io.varve.query.access.Authorizer}.
 */
@NullMarked
package io.varve.query.access;

import org.jspecify.annotations.NullMarked;
