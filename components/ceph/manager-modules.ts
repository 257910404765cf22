/** Modules of the manager that can be chosen. In a file of its own: the configuration's schema has no need of Pulumi. */
export const managerModules = ["dashboard", "prometheus"] as const;
export type ManagerModule = (typeof managerModules)[number];
