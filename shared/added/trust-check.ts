import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { checkDigest } from '../registry/digest.ts';
import type { Found, Where } from '../registry/entry.ts';
import { trust, trusted } from '../registry/trust.ts';
import { oneLine } from '../view/text.ts';
import { originOf } from './help.ts';

/**
 * Lets nothing pass whose digest is not that of what it holds, or that neither the person nor a trust file said yes to; asks on
 * a terminal. Throws KfError.
 * @param given of --trust
 */
export async function checkTrust(
  context: Context,
  found: Found,
  where: Where,
  given: string | undefined,
): Promise<void> {
  const { metadata, spec } = found.subcommand;
  const { name } = metadata;
  const { digest } = spec;
  if (!checkDigest(spec)) {
    throw new KfError(
      Exit.failed,
      `${name} is not what its digest says: it was changed, or not written whole; nothing was run`,
      {
        hint: `${originOf(found)}: ask who did to add it again`,
      },
    );
  }
  if (given !== undefined && given !== digest)
    throw usageError(
      `--trust names ${oneLine(given).slice(0, 80)}, but ${name} is ${digest}`,
      `look at what changed: kubectl kf command describe ${name}`,
    );
  if (given === digest || trusted(context, digest)) return;
  const origin = `${originOf(found)}${from(found)}`;
  const place = where === 'local' ? 'runs on this machine' : 'runs in the cluster, with the rights of your project';
  const { canAsk, confirm } = await import('../view/prompt.ts');
  if (!canAsk(context)) {
    throw new KfError(Exit.forbidden, `${name} is not trusted yet; nothing was run`, {
      details: [`${origin}: ${digest}`],
      hint: `look at it with kubectl kf command describe ${name}; then run it with --trust=${digest}, or name that in a trust file`,
    });
  }
  context.stderr.write(`${name}: ${lowerFirst(origin)}, ${digest}\n`);
  if (!(await confirm(context, `It ${place}. Trust it?`)))
    throw new KfError(Exit.forbidden, `${name} is not trusted; nothing was run`, {
      hint: `kubectl kf command describe ${name} shows what it is`,
    });
  trust(context, digest, { name, origin });
}

function from({ subcommand: { spec } }: Found): string {
  const { origin } = spec;
  return origin ? oneLine(`, from ${origin.url}${origin.commit ? ` at ${origin.commit.slice(0, 12)}` : ''}`) : '';
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
