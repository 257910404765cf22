import { z } from "zod";
import { isAbsolutePath, isKeyPath, label } from "../formats";

// Fields that several settings have.

export const matching = (test: RegExp | ((text: string) => boolean), expected: string) =>
  z
    .string()
    .refine((text) => (test instanceof RegExp ? test.test(text) : test(text)), `expected ${expected}`);

export const singleLine = /^[^\r\n\0]*$/;

export const port = z.int().min(1).max(65535);

export const keyPath = matching(isKeyPath, "an absolute path, or one that starts with ~/");

export const hostPath = matching(
  isAbsolutePath,
  "an absolute path on the hosts, below /, of letters, digits, . _ and -",
);

export const hostName = z.string();

/** Room is left for what the program puts behind it. */
export const ownName = matching(
  (text) => label.test(text) && text.length <= 40,
  "a name of lower-case letters, digits and -, at most 40",
);
