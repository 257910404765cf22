/** Who logs in: the program's own steps, applications, and what saves and restores. */
export const roles = ["admin", "client", "backup"] as const;
export type Role = (typeof roles)[number];

/** A user's name. Each rotation makes new users; those before stay until they are retired. */
export const userName = (role: Role, generation: number): string => `${role}-${generation}`;

/** Generations from the first to this one. */
export const generations = (rotation: number): number[] =>
  Array.from({ length: rotation + 1 }, (_, generation) => generation);

/**
 * The last generation whose users go. Without a word those before the previous one: who has not got the new password yet
 * still has the one before.
 */
export const retiredOf = (rotation: number, retired: number | undefined): number => retired ?? rotation - 2;
