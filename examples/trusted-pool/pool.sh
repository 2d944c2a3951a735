#!/bin/sh
# A trusted pool on one machine, to try one: three keys, their list, a broker and three nodes. Ctrl-C ends it.
#   examples/trusted-pool/pool.sh [FOLDER]     then, elsewhere: SANDRUN_URL=http://127.0.0.1:9000 ./sandrun pool
set -eu

sandrun=${SANDRUN:-$(dirname "$0")/../../sandrun}
port=${PORT:-9000}
folder=${1:-trusted-pool}
mkdir -p "$folder"

list=
for name in worker1 worker2 worker3; do
  [ -f "$folder/$name.pem" ] || "$sandrun" --generate-key "$folder/$name.pem" >"$folder/$name.txt"
  id=$(sed -n 's/^Worker ID: //p' "$folder/$name.txt")
  list="$list${list:+, }{\"worker_id\": \"$id\", \"max_concurrent_jobs\": 4}"
done
printf '[%s]\n' "$list" >"$folder/workers.json"

started=
stop() {
  trap - EXIT INT TERM
  # shellcheck disable=SC2086
  kill $started 2>/dev/null || true
  wait
}
trap stop EXIT INT TERM

"$sandrun" broker --port "$port" --workers "$folder/workers.json" --data "$folder/broker" &
started="$started $!"
for name in worker1 worker2 worker3; do
  "$sandrun" node --broker "http://127.0.0.1:$port" --worker-key "$folder/$name.pem" --slots 4 --data "$folder/$name" &
  started="$started $!"
done
wait
