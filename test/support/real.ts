import { test } from 'uvu';

/** `test`, or where `why` says what is missing, a test that is skipped with that line. */
export function testUnless(why: string | undefined): (name: string, body: () => Promise<void>) => void {
  if (why === undefined) return test;
  return (name, body) => {
    process.stdout.write(`skipped: ${name}: ${why}\n`);
    test.skip(name, body);
  };
}
