import { dataOf } from "../data";
import { isProduction } from "../planned";
import { type ResourceRule } from "../rule";

export const protection: ResourceRule = {
  name: "protected-data",
  description: "In production, what data goes with can't be deleted before pulumi state unprotect.",
  level: "mandatory",
  check: (resource) => {
    const data = dataOf(resource);
    if (!data || data.protect !== true || resource.protect || !isProduction(resource)) return [];
    return [
      `it is not protected, and with it goes: ${data.loses}. Set protectData: true, or protect in its component`,
    ];
  },
};
