# Makes the folders of a daemon, and writes the files that only it may read. Run again, it changes nothing.
# shellcheck shell=sh disable=SC2154  # the settings stand above, written by folders.ts

umask 077
mkdir -p "$base"
chmod 0711 "$(dirname "$base")" "$base"
changed=

for folder in "$data" "$files"; do
  [ -d "$folder" ] || { mkdir "$folder" && chown "$owner" "$folder"; }
done

# give NAME TEXT: a file of the daemon's.
give() {
  if put "$files/$1" 0400 "$2"; then changed=written; fi
  chown "$owner" "$files/$1"
}

# only NAME...: removes all other files.
only() {
  for file in "$files"/*; do
    case " $* " in *" ${file##*/} "*) ;; *) rm -f "$file" ;; esac
  done
}

report() { echo "files of $daemon: ${changed:-unchanged}"; }
