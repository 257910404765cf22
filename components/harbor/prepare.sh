# Prepares the host for Harbor. The settings stand above.
# shellcheck shell=sh disable=SC2154

refuse() {
  echo "$host: $1" >&2
  exit 1
}

mkdir -p "$directory"
chmod 0711 "$directory"

found=none
[ ! -e "$directory/version" ] || found=$(cat "$directory/version")
if [ "$found" = none ] && [ -n "$(ls -A "$directory/database" 2>/dev/null)" ]; then
  refuse "$directory/database has data, and $directory/version is missing. Write the version of Harbor that it is of into that file."
fi

if [ "$found" != none ] && [ "$found" != "$version" ]; then
  oldest=$(printf '%s\n' "$found" "$version" | sort -V | head -n 1)
  [ "$oldest" = "$found" ] ||
    refuse "$harbor has data of Harbor $found, which $version can't read; there is no way back but a backup. Set the version to $found."
  saved=none
  [ -z "$(find "$directory/saved" -mmin -1440 2>/dev/null)" ] || saved=$(cat "$directory/saved")
  [ "$saved" = "$found" ] ||
    refuse "$harbor is to go from $found to $version, which can't be undone, and there is no backup of $found from the last 24 hours. Run: $backup_command. Then run pulumi up again."
  for container in $writers; do
    [ -z "$(docker ps --quiet --filter "name=^/?$container\$")" ] || docker stop --time 60 "$container" >/dev/null
  done
  echo "$harbor: goes from $found to $version"
fi

for entry in $owners; do
  path=${entry#*:}
  owner=${entry%%:*}
  mkdir -p "$path"
  # Only the directory: what is in it was made by the containers, and may be a lot.
  chown "$owner:$owner" "$path"
  chmod 0700 "$path"
done
# Of the version from the start, so that a run that is cut before its end goes on with this one and no other.
[ "$found" != none ] || echo "$version" >"$directory/version"
echo "$harbor: directories are there"
