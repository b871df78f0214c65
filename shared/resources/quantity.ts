/** Kubernetes quantities (apimachinery's resource.Quantity): `500m`, `8Gi`, `1e3`, `2`. */

const scale: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** In base units (cores, bytes, pieces); undefined where the text is no quantity. */
export function parseQuantity(value: unknown): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]{0,2})$/.exec(String(value ?? '').trim());
  const factor = match ? scale[match[2]!] : undefined;
  return match && factor !== undefined ? Number(match[1]) * factor : undefined;
}

/** Bytes in the largest binary unit that keeps it at 1 or more, with at most one decimal; all else as a plain number. */
export function formatQuantity(amount: number, resource: string): string {
  if (!/memory|storage|hugepages/.test(resource)) return String(Math.round(amount * 1000) / 1000);
  for (const unit of ['Ti', 'Gi', 'Mi', 'Ki']) {
    if (Math.abs(amount) >= scale[unit]!) return `${Math.round((amount / scale[unit]!) * 10) / 10}${unit}`;
  }
  return String(Math.round(amount));
}
