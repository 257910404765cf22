/** Modules of the manager that can be chosen. In a file of its own: the configuration's schema has no need of Pulumi. */
export const managerModules = ["dashboard", "prometheus"] as const;
/** A module of the manager that the program can switch on. */
export type ManagerModule = (typeof managerModules)[number];
