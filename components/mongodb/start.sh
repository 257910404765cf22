# Starts mongod. On an empty volume the first member makes the first administrator before anybody else can connect; the
# others get everything from it. What was cut is begun again: the mark goes last.
# shellcheck shell=sh
set -eu
data=/data/db
secret=/run/secrets/farmstack
scripts=/opt/farmstack
begun=$data/farmstack-begun
umask 077

# mongod refuses a key that its group can read, as that of a Secret is.
cat "$secret/key" >/tmp/key

if [ "${POD##*-}" = 0 ]; then
  # Data of a volume that is not this script's is never touched.
  [ -e "$data/WiredTiger" ] || : >"$begun"
  if [ -e "$begun" ]; then
    mongod --dbpath "$data" --bind_ip 127.0.0.1 --port 27018 --unixSocketPrefix /tmp &
    server=$!
    tries=0
    until mongosh --quiet --norc --port 27018 --eval 'db.adminCommand({ ping: 1 })' >/dev/null 2>&1; do
      kill -0 "$server" || exit 1
      tries=$((tries + 1))
      [ "$tries" -lt 60 ] || { echo "farmstack: mongod does not answer" >&2; exit 1; }
      sleep 2
    done
    mongosh --quiet --norc --port 27018 --file "$scripts/first-admin.js"
    kill -TERM "$server"
    wait "$server"
    rm "$begun"
  fi
fi

exec mongod --dbpath "$data" --bind_ip_all --port 27017 --unixSocketPrefix /tmp \
  --replSet "$REPLICA_SET" --keyFile /tmp/key --wiredTigerCacheSizeGB "$CACHE_GB"
