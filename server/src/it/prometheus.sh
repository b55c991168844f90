#!/usr/bin/env bash
# A real Prometheus against Varve: it scrapes a node exporter and itself, writes to Varve, and
# reads back from Varve what its own storage does not have; promtool asks Varve.
#
#   server/src/it/prometheus.sh
#
# Needs server/target/varve-server.jar with server/target/lib (mvn package), curl and Debian's
# packages prometheus and prometheus-node-exporter. What is not installed is downloaded by apt-get
# and unpacked into a temporary directory: nothing is installed, no service is started.
#
# Exit status: 0 all is well, 77 skipped as the programs cannot be had, anything else a failure.
# VARVE_IT_PORTS=FROM-TO says which ports on loopback to use.
set -euo pipefail
cd "$(dirname "$0")/../../.."

readonly SKIPPED=77
readonly PATIENCE_SECONDS=60
ports=${VARVE_IT_PORTS:-28340-28359}

# Whether the input has a line that matches. Reads all of it: a program that writes more to a reader that has gone dies.
has() { grep "$@" >/dev/null; }

say() { printf 'prometheus.sh: %s\n' "$*"; }
skip() { say "skipped: $*"; exit "$SKIPPED"; }
fail() {
  say "FAILED: $*" >&2
  for log in "$work"/*.log; do
    [ -f "$log" ] && { say "the end of $(basename "$log"):"; tail -n 15 "$log"; } >&2
  done
  exit 1
}

work=$(mktemp -d)
pids=()
end() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap end EXIT

# ---- the programs

command -v curl >/dev/null || skip "there is no curl"
[ -f server/target/varve-server.jar ] || fail "server/target/varve-server.jar is missing: mvn package"
for program in prometheus promtool prometheus-node-exporter; do
  command -v "$program" >/dev/null || missing=1
done
if [ -n "${missing:-}" ]; then
  command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
    skip "prometheus is not installed, and there is no apt-get"
  say "downloading the packages prometheus and prometheus-node-exporter"
  (cd "$work" && timeout 120 apt-get -qq download prometheus prometheus-node-exporter) \
    >"$work/apt.log" 2>&1 || skip "the packages prometheus and prometheus-node-exporter cannot be downloaded"
  for package in "$work"/*.deb; do dpkg -x "$package" "$work/root"; done
  PATH="$work/root/usr/bin:$PATH"
fi

# ---- starting them

free_port() {
  local port
  while read -r port; do
    case " ${taken:-} " in *" $port "*) continue ;; esac
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      free=$port
      taken="${taken:-} $port"
      return
    fi
  done < <(shuf -i "$ports")
  fail "no free port in $ports"
}

# start NAME COMMAND...
start() {
  local name=$1
  shift
  "$@" >"$work/$name.log" 2>&1 &
  pids+=($!)
}

# await WHAT COMMAND...: until the command succeeds
await() {
  local what=$1 deadline=$((SECONDS + PATIENCE_SECONDS))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || fail "waited $PATIENCE_SECONDS s in vain for: $what"
    sleep 0.2
  done
}

free_port; varve=127.0.0.1:$free
free_port; exporter=127.0.0.1:$free
free_port; writer=127.0.0.1:$free
free_port; reader=127.0.0.1:$free

# The writer has the data; the reader has nothing and asks Varve.
cat >"$work/writer.yml" <<YAML
global: {scrape_interval: 1s, external_labels: {site: here}}
scrape_configs:
  - {job_name: node, static_configs: [{targets: ['$exporter']}]}
  - {job_name: prometheus, static_configs: [{targets: ['$writer']}]}
remote_write:
  - {url: 'http://$varve/api/v1/write', queue_config: {batch_send_deadline: 1s}}
YAML
cat >"$work/reader.yml" <<YAML
remote_read:
  - {url: 'http://$varve/api/v1/read', read_recent: true}
YAML

start_prometheus() { # NAME ADDRESS
  start "$1" prometheus --config.file="$work/$1.yml" --storage.tsdb.path="$work/$1" \
    --web.listen-address="$2" --web.external-url="http://$2/"
}

start varve java -Xmx512m -cp "server/target/varve-server.jar:server/target/lib/*" \
  io.varve.server.Main server --data "$work/data" --port "${varve#*:}"
await "Varve" curl -fsS "http://$varve/health"
start exporter prometheus-node-exporter --web.listen-address="$exporter" \
  --no-collector.systemd --no-collector.textfile
exporter_pid=${pids[-1]}
exporter_start=$SECONDS
start_prometheus writer "$writer"
await "Prometheus" curl -fsS "http://$writer/-/ready"

# ---- the same data on both sides

api() { curl -fsS -G "http://$1/api/v1/$2" "${@:3}"; }
both_jobs() { api "$varve" query --data-urlencode 'query=count(count_over_time(up[1m]) >= 8)' | has '"2"\]'; }
await "eight scrapes of both targets in Varve" both_jobs

end_time=$(($(date +%s) - 2))
start_time=$((end_time - 5))
expressions=(
  'up'
  'node_load1'
  'node_cpu_seconds_total{mode=~"idle|user"}'
  'sum by (mode) (rate(node_cpu_seconds_total[4s]))'
  'histogram_quantile(0.9, sum by (le, handler) (prometheus_http_request_duration_seconds_bucket))'
  'topk(3, prometheus_http_requests_total)'
  'max_over_time(process_resident_memory_bytes[3s]) / 1024'
  '{__name__=~"go_gc_.+",job="prometheus"}'
)
ask() { # ADDRESS EXPRESSION
  api "$1" query_range --data-urlencode "query=$2" -d "start=$start_time" -d "end=$end_time" -d step=1 |
    sed 's/,"\(warnings\|infos\)":.*$/}/' | sed 's/"site":"here",\{0,1\}//g; s/,}/}/g'
}
agree() { # ADDRESS ADDRESS EXPRESSION
  ask "$1" "$3" >"$work/left.json" && ask "$2" "$3" >"$work/right.json" &&
    grep -q '"values"' "$work/left.json" && cmp -s "$work/left.json" "$work/right.json"
}
for expression in "${expressions[@]}"; do
  await "the same answer to $expression" agree "$writer" "$varve" "$expression"
done
say "${#expressions[@]} range queries have the same answers in Prometheus and Varve"

# ---- promtool

promtool query instant "http://$varve" 'up{job="node"}' | has 'up{.*job="node".*=> 1 @' ||
  fail "promtool query instant"
promtool query range --start="$start_time" --end="$end_time" --step=1s "http://$varve" node_load1 |
  has 'node_load1{.*} =>' || fail "promtool query range"
promtool query series --match=up "http://$varve" | has 'job="prometheus"' ||
  fail "promtool query series"
promtool query labels "http://$varve" job | has -x node || fail "promtool query labels"
curl -fsS "http://$varve/metrics" >"$work/metrics"
promtool check metrics <"$work/metrics" >"$work/check.log" 2>&1 ||
  say "promtool has remarks on /metrics: $(head -n 3 "$work/check.log" | tr '\n' ';')"
say "promtool query instant, range, series and labels work"

# ---- what the sender and the receiver counted

value() { sed -n "s/^$1[^ ]* \(.*\)$/\1/p" "$2" | head -n 1; }
curl -fsS "http://$writer/metrics" >"$work/writer.metrics"
[ "$(value prometheus_remote_storage_samples_failed_total "$work/writer.metrics")" = 0 ] ||
  fail "Prometheus says that samples failed"
samples=$(value 'varve_points_written_total{door="remote_write"}' "$work/metrics")
[ "${samples:-0}" -gt 1000 ] || fail "Varve counts ${samples:-no} samples"
say "$samples samples written, none failed"

# ---- both languages, both ways in

curl -fsS -G "http://$varve/query" -d db=prometheus \
  --data-urlencode 'q=SELECT count(value) FROM node_load1' | has '"node_load1"' ||
  fail "InfluxQL does not see what came by remote write"
curl -fsS "http://$varve/write?db=prometheus" --data-binary 'it_room,room=a temperature=21.5,value=7' ||
  fail "line protocol"
promtool query instant "http://$varve" it_room_temperature | has 'room="a".*=> 21.5 @' ||
  fail "PromQL does not see what came by line protocol"
say "InfluxQL and PromQL see both"

# ---- remote read

start_prometheus reader "$reader"
await "the reading Prometheus" curl -fsS "http://$reader/-/ready"
for expression in "${expressions[@]}"; do
  await "the same answer by remote read to $expression" agree "$writer" "$reader" "$expression"
done
promtool query instant "http://$reader" it_room | has '=> 7 @' ||
  fail "remote read does not give line protocol"
say "a Prometheus without data answers from Varve by remote read"

# Once the exporter has gone, its series end with a marker of staleness, and both have the same samples. Asked
# for streamed chunks, both encode them; the bytes have to be the same.
kill "$exporter_pid"
exporter_seconds=$((SECONDS - exporter_start))
gone() { api "$varve" query --data-urlencode 'query=absent(node_load1)' | has '"1"\]'; }
await "the end of the exporter's series" gone
chunks() { # ADDRESS METRIC
  java server/src/it/ReadChunks.java "$1" "$2" 0 "$(date +%s)999"
}
same_chunks() { # METRIC
  chunks "$writer" "$1" >"$work/left.chunks" && chunks "$varve" "$1" >"$work/right.chunks" &&
    [ -s "$work/left.chunks" ] && cmp -s "$work/left.chunks" "$work/right.chunks"
}
if [ "$exporter_seconds" -lt 100 ]; then
  for metric in node_load1 node_cpu_seconds_total node_memory_MemFree_bytes; do
    await "the same streamed chunks of $metric" same_chunks "$metric"
  done
  say "Varve streams the bytes that Prometheus streams"
else
  # From 120 samples on Prometheus ends chunks by time, too.
  say "streamed chunks are not compared: the series are $exporter_seconds seconds long on this slow machine"
fi
say "all is well"
