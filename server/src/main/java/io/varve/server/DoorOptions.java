package io.varve.server;

import io.varve.server.http.HttpOptions;
import io.varve.server.socket.TcpDoor;
import io.varve.server.socket.UdpDoor;
import org.jspecify.annotations.Nullable;

/**
 * The ways in.
 *
 * @param tcp null for no line protocol over TCP
 * @param udp null for no line protocol over UDP
 */
public record DoorOptions(
    HttpOptions http, TcpDoor.@Nullable Options tcp, UdpDoor.@Nullable Options udp) {

  /** HTTP and nothing else. */
  public static DoorOptions onlyHttp(HttpOptions http) {
    return new DoorOptions(http, null, null);
  }
}
