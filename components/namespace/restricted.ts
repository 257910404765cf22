import { type types } from "@pulumi/kubernetes";

type Pod = Pick<types.input.core.v1.PodSpec, "automountServiceAccountToken" | "enableServiceLinks"> & {
  securityContext: types.input.core.v1.PodSecurityContext;
};

/**
 * What a pod's spec needs for Pod Security `restricted`, and no token. Volumes belong to the same number as a group;
 * they are not walked through when they do already, as that takes long with many files.
 */
export const restrictedPod = (user: number): Pod => ({
  automountServiceAccountToken: false,
  enableServiceLinks: false, // variables for each service of the namespace, which change with it
  securityContext: {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  },
});

/** What each container needs for it; beyond that, its own file system can't be written. */
export const restrictedContainer: { securityContext: types.input.core.v1.SecurityContext } = {
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
};
