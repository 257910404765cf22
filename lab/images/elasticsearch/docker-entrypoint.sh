#!/bin/bash
# Starts Elasticsearch. The password that its user `elastic` has while the data is empty comes from the file that
# ELASTIC_PASSWORD_FILE names, or from ELASTIC_PASSWORD, and goes into the keystore: no process has it in its
# environment or arguments. Heap and other options of Java: ES_JAVA_OPTS.
set -euo pipefail
umask 0002

if [[ "${1:-}" != eswrapper ]]; then
  exec "$@"
fi

password=${ELASTIC_PASSWORD:-}
if [[ -n "${ELASTIC_PASSWORD_FILE:-}" ]]; then
  if [[ -n "$password" ]]; then
    echo "ELASTIC_PASSWORD and ELASTIC_PASSWORD_FILE can't both be set" >&2
    exit 1
  fi
  # As the official image wants it.
  mode=$(stat -L -c %a "$ELASTIC_PASSWORD_FILE")
  if [[ "$mode" != 400 && "$mode" != 600 ]]; then
    echo "ELASTIC_PASSWORD_FILE: $ELASTIC_PASSWORD_FILE has the mode $mode; it has to be 400 or 600" >&2
    exit 1
  fi
  password=$(<"$ELASTIC_PASSWORD_FILE")
fi
unset ELASTIC_PASSWORD ELASTIC_PASSWORD_FILE

cd "$(dirname "$(readlink -f "$(command -v elasticsearch)")")/.."
if [[ -n "$password" ]]; then
  printf '%s' "$password" | bin/elasticsearch-keystore add --silent --force --stdin bootstrap.password
fi
exec bin/elasticsearch "${@:2}"
