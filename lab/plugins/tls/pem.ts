import { type PemData } from "@peculiar/x509";

/** PEM with a newline at its end, as Go's library writes it. */
export const pemOf = (object: PemData): string => `${object.toString("pem").trimEnd()}\n`;
