/** PEM with a newline at its end, as Go's library writes it. */
export const pemOf = (object: { toString(format: "pem"): string }): string =>
  `${object.toString("pem").trimEnd()}\n`;
