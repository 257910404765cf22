# Lets a node fetch from the stack's registry: containerd every image, those of kubeadm and the pause image among them,
# and curl. Both read it each time: no restart. Run again, it changes nothing.
# shellcheck shell=sh disable=SC2154  # the settings stand above, written by registry.ts

certificates=/etc/containerd/certs.d/$registry
known=/etc/farmstack/registries

# What was there for another registry goes, as it has a login.
forget_others() {
  for file in "$known"/*; do
    if [ -f "$file" ] && [ "$(basename "$file")" != "$registry" ]; then
      rm -f "/etc/containerd/certs.d/$(basename "$file")/hosts.toml" "/etc/containerd/certs.d/$(basename "$file")/ca.crt" "$file"
      echo "access to $(basename "$file"): removed"
    fi
  done
}

set_access() {
  state=unchanged
  if [ -n "$registry_ca" ]; then
    put "$certificates/ca.crt" 0644 "$registry_ca" && state=written
  elif [ -e "$certificates/ca.crt" ]; then
    rm "$certificates/ca.crt"
    state=written
  fi
  put "$certificates/hosts.toml" 0600 "$hosts_toml" && state=written
  put "$known/$registry" 0600 "$curl_conf" && state=written
  echo "access to $registry: $state"
}

umask 077 # nobody reads a login while it is written
forget_others
set_access
