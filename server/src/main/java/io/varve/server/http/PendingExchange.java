package io.varve.server.http;

import io.netty.handler.codec.http.FullHttpResponse;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in for an exchange until the password of its sender has been verified, which is slow and
 * done elsewhere. Meanwhile the connection keeps the body waiting.
 */
final class PendingExchange implements Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(PendingExchange.class);

  private final HttpConnection connection;
  private final Authentication authentication;
  private final Credentials.Password given;
  private final Supplier<Exchange> next;

  /**
   * Waits for a verdict.
   *
   * @param next makes the exchange that goes on, once the sender is known
   */
  PendingExchange(
      HttpConnection connection,
      Authentication authentication,
      Credentials.Password given,
      Supplier<Exchange> next) {
    this.connection = connection;
    this.authentication = authentication;
    this.given = given;
    this.next = next;
  }

  @Override
  public void begin() {
    connection.hold();
    try {
      connection.services().loginThread.execute(this::verify);
    } catch (RejectedExecutionException e) {
      goOn(() -> fixed(Answers.busy("the server has too many logins waiting, try again")));
    }
  }

  private void verify() {
    Authentication.Sender sender;
    try {
      sender = authentication.verify(given);
    } catch (RuntimeException e) {
      LOG.error("a password could not be verified", e);
      goOn(() -> fixed(Answers.internalError()));
      return;
    }
    String refusal = sender.refusal();
    goOn(
        () -> {
          if (refusal != null) {
            return fixed(Answers.unauthorized(refusal));
          }
          connection.setUser(sender.user());
          return next.get();
        });
  }

  private FixedExchange fixed(FullHttpResponse answer) {
    return new FixedExchange(connection, answer);
  }

  private void goOn(Supplier<Exchange> successor) {
    connection.executeFor(this, () -> connection.goOnWith(successor.get()));
  }

  @Override
  public void onBodyEnd() {
    throw new IllegalStateException("the body of a held request waits");
  }
}
