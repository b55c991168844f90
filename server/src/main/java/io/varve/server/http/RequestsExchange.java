package io.varve.server.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.ScheduledFuture;
import io.varve.server.metrics.RequestTracker;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Answers {@code /debug/requests}: counts the requests of all clients for a while, then tells. */
final class RequestsExchange implements Exchange {
  private static final int DEFAULT_SECONDS = 10;
  private static final int MAX_SECONDS = 60;

  private final HttpConnection connection;
  private final Parameters parameters;
  private RequestTracker.@Nullable Profile profile;
  private @Nullable ScheduledFuture<?> end;

  RequestsExchange(HttpConnection connection, HttpRequest request, Parameters parameters) {
    this.connection = connection;
    this.parameters = parameters;
  }

  @Override
  public void begin() {
    String text = parameters.text("seconds");
    int seconds;
    try {
      seconds = text.isEmpty() ? DEFAULT_SECONDS : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      seconds = 0;
    }
    if (seconds < 1 || seconds > MAX_SECONDS) {
      connection.answer(
          Answers.error(
              HttpResponseStatus.BAD_REQUEST,
              "seconds must be a number from 1 to " + MAX_SECONDS + ": \"" + text + "\""));
      return;
    }
    RequestTracker.Profile begun = connection.services().metrics.clients.begin();
    if (begun == null) {
      connection.answer(Answers.busy("too many requests are counting requests, try again"));
      return;
    }
    profile = begun;
    end = connection.context().executor().schedule(this::tell, seconds, TimeUnit.SECONDS);
  }

  private void tell() {
    RequestTracker.Profile counted = finish();
    if (counted != null && connection.isCurrent(this)) {
      connection.answer(Answers.json(HttpResponseStatus.OK, counted.toJson()));
    }
  }

  private RequestTracker.@Nullable Profile finish() {
    RequestTracker.Profile counted = profile;
    profile = null;
    if (counted != null) {
      connection.services().metrics.clients.end(counted);
    }
    return counted;
  }

  @Override
  public void onBodyEnd() {}

  @Override
  public void onDisconnect() {
    if (end != null) {
      end.cancel(false);
    }
    finish();
  }
}
