import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Context } from '../cli/context.ts';
import { safe } from '../view/text.ts';

/** Shows requests on stderr from -v=6 on: the line of each; 7 adds headers, 8 the bodies cut short, 9 whole ones. */
export interface Trace {
  request(method: string, url: string, headers: OutgoingHttpHeaders, body: string | undefined): void;
  response(method: string, url: string, status: string, ms: number, headers: IncomingHttpHeaders): void;
  body(text: string): void;
  note(text: string): void;
}

const limit = 1024;
const secret = /^(authorization|proxy-authorization|cookie|set-cookie)$/i;

/** A trace for the level, or undefined below 6: then nothing is spent on it, not even stderr is opened. */
export function traceFor(level: number, context: Pick<Context, 'stderr'>): Trace | undefined {
  if (level < 6) return undefined;
  const { stderr } = context;
  const say = (text: string) => void stderr.write(`${safe(text)}\n`);
  const showBody = (title: string, text: string) => {
    if (level < 8 || text === '') return;
    const cut =
      level < 9 && text.length > limit ? `${text.slice(0, limit)} [truncated ${text.length - limit} chars]` : text;
    say(`${title}: ${cut}`);
  };
  const showHeaders = (title: string, headers: object) => {
    if (level < 7) return;
    say(`${title}:`);
    for (const [name, value] of Object.entries(headers)) say(`    ${name}: ${secret.test(name) ? '<masked>' : value}`);
  };
  return {
    request(method, url, headers, body) {
      if (level >= 7) say(`${method} ${url}`);
      showHeaders('Request Headers', headers);
      if (body !== undefined) showBody('Request Body', body);
    },
    response(method, url, status, ms, headers) {
      say(`${method} ${url} ${status} in ${Math.round(ms)} milliseconds`);
      if (level >= 8) showHeaders('Response Headers', headers);
    },
    body: (text) => showBody('Response Body', text),
    note: say,
  };
}
