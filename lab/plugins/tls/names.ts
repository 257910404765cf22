import { type JsonName, type JsonGeneralNames, Name, SubjectAlternativeNameExtension } from "@peculiar/x509";
import { type Fault, type Properties } from "../resource-type";

/** The parts of a subject that the stack uses, and their names in a certificate. */
const parts: Record<string, string> = {
  country: "C",
  organization: "O",
  organizationalUnit: "OU",
  commonName: "CN",
};

export function checkSubject(subject: unknown): Fault[] {
  if (typeof subject !== "object" || subject === null) return []; // not known yet
  return Object.keys(subject)
    .filter((part) => !part.startsWith("__") && !(part in parts))
    .map((part) => ({
      property: `subject.${part}`,
      reason: "the lab's stand-in for tls does not take this part",
    }));
}

export function nameOf(subject: Properties = {}): Name {
  const given = Object.entries(parts).flatMap(([part, short]): JsonName =>
    typeof subject[part] === "string" ? [{ [short]: [subject[part]] }] : [],
  );
  return new Name(given);
}

/** What a certificate is for, by name and by address. */
export function alternativeNames(inputs: Properties): SubjectAlternativeNameExtension[] {
  const names: JsonGeneralNames = [
    ...list(inputs.dnsNames).map((value) => ({ type: "dns" as const, value })),
    ...list(inputs.ipAddresses).map((value) => ({ type: "ip" as const, value })),
  ];
  return names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : [];
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value : []);
