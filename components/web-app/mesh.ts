/** Linkerd for one app. Its proxies act on the side of the caller, which has to be in the mesh as well. */
export interface MeshArgs {
  /** Requests that are sent again. Only for an app that does no harm by taking a request twice. @default none */
  retries?: {
    /** Answers that count as failed: status codes, ranges such as `502-504`, `5xx`, `gateway-error`. @default 5xx */
    on?: string;
    /** How often a request is sent again at most. @default 1 */
    limit?: number;
    /** Time for each attempt, such as `400ms`. @default none */
    timeout?: string;
  };
  /** Times after which a request fails, such as `10s`. @default none */
  timeouts?: {
    /** For all of it. @default none */
    request?: string;
    /** For the answer. @default none */
    response?: string;
    /** Without anything sent. @default none */
    idle?: string;
  };
  /** Pods that fail are left out for a while. @default never */
  circuitBreaker?: {
    /** Failures in a row. @default 7 */
    failures?: number;
    /** Shortest time that a pod is left out, such as `1s`. @default 1s */
    minPenalty?: string;
    /** Longest time that a pod is left out. @default 1m */
    maxPenalty?: string;
  };
}

type Annotations = Record<string, string>;

/** Of the pods. The proxy outlives the app's own wait, or its last requests would have no way. */
export const podAnnotations = (mesh: MeshArgs | undefined, drainSeconds: number): Annotations =>
  mesh
    ? {
        "linkerd.io/inject": "enabled",
        "config.alpha.linkerd.io/proxy-wait-before-exit-seconds": `${drainSeconds + 5}`,
      }
    : {};

/**
 * Of the Service, and of a route in the mesh, which hides those of the Service.
 * https://linkerd.io/2-edge/reference/retries/ https://linkerd.io/2-edge/reference/timeouts/
 */
export function requestAnnotations({ retries, timeouts = {} }: MeshArgs = {}): Annotations {
  return present({
    "retry.linkerd.io/http": retries && (retries.on ?? "5xx"),
    "retry.linkerd.io/limit": retries && `${retries.limit ?? 1}`,
    "retry.linkerd.io/timeout": retries?.timeout,
    "timeout.linkerd.io/request": timeouts.request,
    "timeout.linkerd.io/response": timeouts.response,
    "timeout.linkerd.io/idle": timeouts.idle,
  });
}

/** Of the Service. https://linkerd.io/2-edge/reference/circuit-breaking/ */
export function breakerAnnotations({ circuitBreaker }: MeshArgs = {}): Annotations {
  if (!circuitBreaker) return {};
  const { failures = 7, minPenalty = "1s", maxPenalty = "1m" } = circuitBreaker;
  const accrual = "balancer.linkerd.io/failure-accrual";
  return {
    [accrual]: "consecutive",
    [`${accrual}-consecutive-max-failures`]: `${failures}`,
    [`${accrual}-consecutive-min-penalty`]: minPenalty,
    [`${accrual}-consecutive-max-penalty`]: maxPenalty,
  };
}

const present = (annotations: Record<string, string | undefined>): Annotations =>
  Object.fromEntries(
    Object.entries(annotations).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
