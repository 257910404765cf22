/** Fields below which texts are quantities, such as `resources.limits.memory`. */
const holders = new Set([
  ...["capacity", "default", "defaultRequest", "divisor", "hard", "limits", "max", "min", "overhead"],
  ...["requests", "sizeLimit", "averageValue"],
]);

/** Whether the value under this path is a quantity. */
export const isQuantity = (path: string[]): boolean => path.slice(-2).some((key) => holders.has(key));

const suffixes: Record<string, number> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** Whether both mean the same amount: `1` and `1000m`, `1Gi` and `1024Mi`. */
export function equalQuantities(one: unknown, other: unknown): boolean {
  const [first, second] = [amount(one), amount(other)];
  if (first === undefined || second === undefined) return false;
  return Math.abs(first - second) <= 1e-12 * Math.max(Math.abs(first), Math.abs(second));
}

function amount(text: unknown): number | undefined {
  const [, digits, suffix = ""] =
    /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(|[numkMGTPE]|[KMGTPE]i)$/.exec(String(text)) ?? [];
  return digits === undefined ? undefined : Number(digits) * (suffixes[suffix] as number);
}
