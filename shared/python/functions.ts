/** Heads of functions: parameters, type parameters. */
import type { Param, ParamKind, TypeParam } from './ast.ts';
import { Patterns } from './patterns.ts';

export class Functions extends Patterns {
  /** Up to `close`, which is left; a lambda's have no annotations. */
  protected override parameters(close: string, annotated: boolean): Param[] {
    const params: Param[] = [];
    const seen = new Set<string>();
    let kind: ParamKind = 'either';
    let [slash, star, defaults] = [false, false, false];
    let late: { at: number; end: number } | undefined;
    while (!this.at(close)) {
      const first = this.token;
      if (params.at(-1)?.kind === 'kwargs') this.fail(`nothing can follow **${params.at(-1)!.name}`);
      if (this.take('/')) {
        if (slash || star || params.length === 0) this.fail("'/' can't stand here", first);
        slash = true;
        for (const param of params) param.kind = 'position';
      } else if (this.at('*') && [',', close].includes(this.next())) {
        this.i++;
        if (star) this.fail("'*' may appear only once", first);
        if (this.at(close) || (this.at(',') && [close, '**'].includes(this.next()))) {
          this.fail("a name must follow '*'", first);
        }
        [star, kind] = [true, 'keyword'];
      } else {
        const stars = this.take('**') ? '**' : this.take('*') ? '*' : '';
        if (stars === '*' && star) this.fail("'*' may appear only once", first);
        const { id, end } = this.name('the name of a parameter');
        const own: ParamKind = stars === '**' ? 'kwargs' : stars === '*' ? 'args' : kind;
        const param: Param = { name: id, kind: own, at: first.at, end };
        if (seen.has(id)) this.fail(`two parameters are called ${id}`, { at: first.at, end });
        if (annotated && this.take(':')) {
          param.annotation = stars === '*' ? this.starred(() => this.expression()) : this.expression();
        }
        if (this.at('=')) {
          if (stars !== '') this.fail(`${stars}${id} can't have a default`);
          this.i++;
          param.default = this.expression();
          if (own === 'either') defaults = true;
        } else if (defaults && own === 'either') late = { at: first.at, end };
        params.push(param);
        seen.add(id);
        if (stars === '*') [star, kind] = [true, 'keyword'];
      }
      if (!this.at(close)) this.need(',', ` or '${close}'`);
      if (late) this.fail('a parameter without a default follows one with a default', late);
    }
    return params;
  }

  /** `[T: int, *Ts, **P]`, where there is one. */
  protected typeParameters(): TypeParam[] {
    const found: TypeParam[] = [];
    if (!this.take('[')) return found;
    do {
      if (this.at(']') && found.length > 0) break;
      const plain = !this.take('**') && !this.take('*');
      const { id } = this.name('the name of a type');
      const bound = plain && this.take(':') ? this.expression() : undefined;
      if (this.take('=')) this.starred(() => this.expression());
      found.push({ name: id, ...(bound && { bound }) });
    } while (this.take(','));
    this.need(']');
    return found;
  }
}
