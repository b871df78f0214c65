/** What stands after `case`. Checked, not kept. */
import { Expressions } from './expressions.ts';

export class Patterns extends Expressions {
  /** Patterns with commas: a sequence without brackets. */
  protected patterns(): void {
    do {
      if (this.at(':', 'if')) break;
      this.pattern(true);
    } while (this.take(','));
  }

  protected pattern(starred = false): void {
    this.deeper(() => {
      if (starred && this.take('*')) {
        this.name();
        return;
      }
      do this.closed();
      while (this.take('|'));
      if (this.take('as')) this.name();
    });
  }

  protected closed(): void {
    const { type } = this.token;
    if (type === 'string') this.strings();
    else if (type === 'number' || this.at('-')) this.numeric();
    else if (this.take('None') || this.take('True') || this.take('False')) return;
    else if (this.take('(')) this.sequence(')');
    else if (this.take('[')) this.sequence(']');
    else if (this.take('{')) this.mapping();
    else {
      this.name('a pattern');
      while (this.take('.')) this.name();
      if (this.take('(')) this.classArguments();
    }
  }

  /** `-1`, `1 + 2j`. */
  protected numeric(): void {
    this.take('-');
    if (this.token.type !== 'number') this.fail();
    this.i++;
    if (!this.take('+') && !this.take('-')) return;
    if (this.token.type !== 'number') this.fail();
    this.i++;
  }

  protected sequence(close: string): void {
    while (!this.take(close)) {
      this.pattern(true);
      if (!this.at(close)) this.need(',', ` or '${close}'`);
    }
  }

  protected mapping(): void {
    while (!this.take('}')) {
      if (this.take('**')) this.name();
      else {
        this.closed();
        this.need(':');
        this.pattern();
      }
      if (!this.at('}')) this.need(',', " or '}'");
    }
  }

  protected classArguments(): void {
    let named = false;
    while (!this.take(')')) {
      const first = this.token;
      if (this.next() === '=') {
        this.name();
        this.need('=');
        named = true;
      } else if (named) this.fail('a positional pattern follows a keyword pattern', first);
      this.pattern();
      if (!this.at(')')) this.need(',', " or ')'");
    }
  }
}
