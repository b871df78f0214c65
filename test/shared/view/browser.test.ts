import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { browserCommand, openBrowser } from '../../../shared/view/browser.ts';
import { context } from '../../support/command.ts';

const url = 'http://127.0.0.1:8080/?a=1&b=%25';

test("each platform's own way, and no shell that would read the URL", () => {
  const screen = { DISPLAY: ':0' };
  assert.equal(browserCommand({ platform: 'linux', env: screen }, url), ['xdg-open', [url]]);
  assert.equal(browserCommand({ platform: 'linux', env: { WAYLAND_DISPLAY: 'w' } }, url), ['xdg-open', [url]]);
  assert.is(browserCommand({ platform: 'linux', env: {} }, url), undefined);
  assert.equal(browserCommand({ platform: 'darwin', env: {} }, url), ['open', [url]]);
  assert.equal(browserCommand({ platform: 'win32', env: {} }, url), ['rundll32', ['url.dll,FileProtocolHandler', url]]);
});

test('a browser that does not open is no error', async () => {
  const ran: unknown[] = [];
  const ended = (code: number) => async () => async (file: string, args: readonly string[]) => {
    ran.push([file, ...args]);
    return { code, stdout: '', stderr: '' };
  };
  const world = { platform: 'darwin' as const };
  assert.is(await openBrowser(context({ ...world, exec: ended(0) }).context, url), true);
  assert.equal(ran, [['open', url]]);
  assert.is(await openBrowser(context({ ...world, exec: ended(3) }).context, url), false);
  const missing = async () => async () => {
    throw Object.assign(new Error('spawn open ENOENT'), { code: 'ENOENT' });
  };
  assert.is(await openBrowser(context({ ...world, exec: missing }).context, url), false);
  assert.is(await openBrowser(context({ platform: 'linux' }).context, url), false);
});

test.run();
