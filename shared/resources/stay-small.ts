/** A long list makes garbage by the page: V8 is kept from giving itself more room for it, which would double what we take. */
export async function staySmall(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=100');
}

/** The same for what goes on for hours: code of V8's highest grade, with the making of it, would be a tenth of all that it takes. */
export async function staySmallForLong(): Promise<void> {
  await staySmall();
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--no-turbofan');
  // What 50 logs leave behind in a second is a quarter of all that lives.
  setFlagsFromString('--heap-growing-percent=20');
  setFlagsFromString('--optimize-for-size');
}
