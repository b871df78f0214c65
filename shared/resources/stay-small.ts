/** A long list makes garbage by the page: V8 is kept from giving itself more room for it, which would double what we take. */
export async function staySmall(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=100');
}
