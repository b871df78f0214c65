import type { Context } from '../cli/context.ts';

/** The program that opens a URL in the person's browser; undefined where there is no screen. */
export function browserCommand(
  { platform, env }: Pick<Context, 'platform' | 'env'>,
  url: string,
): [string, string[]] | undefined {
  if (platform === 'darwin') return ['open', [url]];
  // No shell: `start` is one of cmd's own words, and cmd would act on & and % in a URL.
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open', [url]] : undefined;
}

/** Opens a URL in the browser; false where there is none to open. Never throws: the person has the URL. */
export async function openBrowser(context: Context, url: string): Promise<boolean> {
  const command = browserCommand(context, url);
  if (!command) return false;
  try {
    const exec = await context.exec();
    return (await exec(command[0], command[1])).code === 0;
  } catch {
    return false;
  }
}
