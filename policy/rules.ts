import { type Rule } from "./rule";
import { logRotation, restartPolicy } from "./rules/container-life";
import { hostSecret } from "./rules/host-secrets";
import { imageDigest, imageDigestKnown, imageTag } from "./rules/images";
import { podLimits } from "./rules/limits";
import { networkPolicy } from "./rules/network-policies";
import { password } from "./rules/passwords";
import { privilege } from "./rules/privileges";
import { protection } from "./rules/protection";

/** What every stack keeps to. docs/policy.md */
export const rules: Rule[] = [
  imageTag,
  imageDigest,
  imageDigestKnown,
  password,
  hostSecret,
  privilege,
  protection,
  logRotation,
  restartPolicy,
  podLimits,
  networkPolicy,
];
