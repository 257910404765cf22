import { z } from "zod";
import { ownName } from "./fields";

export const namespace = z.strictObject({
  /** Name of the namespace; another one is another namespace. Those of Kubernetes itself, and repetitions, are rejected. */
  name: ownName.refine((text) => !/^(default$|kube-)/.test(text), "this namespace is Kubernetes' own"),
  /** What runs in it, a label of all objects: TEST or PRODUCTION. */
  environment: z.enum(["TEST", "PRODUCTION"]),
  /** The most that all pods and claims may have together. */
  quota: z
    .strictObject({
      /** CPU that pods ask for, cores. @default 8 */
      cpu: z.int().min(1).default(8),
      /** Memory of pods, GiB. @default 16 */
      memoryGiB: z.int().min(1).default(16),
      /** Pods. @default 50 */
      pods: z.int().min(1).default(50),
      /** Storage of claims, GiB. @default 200 */
      storageGiB: z.int().min(0).default(200),
      /** Claims. @default 20 */
      claims: z.int().min(0).default(20),
    })
    .prefault({}),
  /** What a container gets that says nothing about itself. */
  containers: z
    .strictObject({
      /** CPU that it asks for, thousandths of a core. @default 100 */
      cpuMilli: z.int().min(1).default(100),
      /** Memory that it asks for and may not pass, MiB. @default 256 */
      memoryMiB: z.int().min(4).default(256),
    })
    .prefault({}),
});
