import { quote } from "../hosts/shell";
import { admin } from "./kubectl";

/** How often a gate asks, once a second. */
const patience = 300;

/** Script for a control plane that waits until a node is ready. `look` shows more, for the message. */
export function readyScript(node: string, because: string, look: string): string {
  const condition = `{range .status.conditions[?(@.type=="Ready")]}{.status} {.message}{end}`;
  return `
# because of ${because}
tries=0
while :; do
  answer=$(${admin} get node ${quote(node)} --output jsonpath=${quote(condition)} 2>&1) || true
  case $answer in "True "*) break ;; esac
  tries=$((tries + 1))
  if [ "$tries" -ge ${patience} ]; then
    echo ${quote(`the node ${node} did not become ready within ${patience} tries; last answer:`)} "$answer. Look at:" ${quote(look)} >&2
    exit 1
  fi
  sleep 1
done
echo ${quote(`${node}: ready`)}
`;
}

/** Script for a control plane that waits until the cluster's names are resolved. */
export function dnsScript(because: string, look: string): string {
  return `
# because of ${because}
if ! answer=$(${admin} --namespace kube-system rollout status deployment/coredns --timeout ${patience}s --request-timeout 0 2>&1); then
  echo "CoreDNS does not run: $answer. Look at:" ${quote(look)} >&2
  exit 1
fi
echo "CoreDNS: running"
`;
}
