/**
 * Which lines of a log belong together: what is indented to what it is indented under, a Python traceback with its error and the one that it
 * came of, Java's causes, the stacks of a Go panic. Looks at bytes; only what begins like one of those becomes text.
 */
export class Records {
  #state: 'plain' | 'traceback' | 'error' | 'gap' | 'chain' | 'panic' = 'plain';
  #indented = false;

  /** More of the record is likely to come. */
  get open(): boolean {
    return this.#indented || this.#state !== 'plain';
  }

  /** The next line is a first one again. */
  reset(): void {
    this.#state = 'plain';
    this.#indented = false;
  }

  /** Takes the next line (its place in a buffer, without timestamp and line break): true where it belongs to the one before it. */
  joins(buffer: Buffer, start: number, end: number): boolean {
    const first = start < end ? buffer[start]! : 0;
    if (this.#state === 'plain') {
      this.#indented = first === 32 || first === 9;
      if (this.#indented) return true;
      if (!begins[first]) return false;
      return this.#plain(textOf(buffer, start, end));
    }
    return this.#within(textOf(buffer, start, end));
  }

  #plain(text: string): boolean {
    if (/^\s/.test(text)) {
      this.#indented = true;
      return true;
    }
    if (text.startsWith('Traceback (most recent call last)')) this.#state = 'traceback';
    else if (/^(panic|fatal error): /.test(text)) this.#state = 'panic';
    // Java: its stack is indented, and likely to come.
    else if (/^(Exception in thread |([\w$]+\.)+[\w$]*(Exception|Error|Throwable)(:|$))/.test(text))
      this.#indented = true;
    else if (text.startsWith('Caused by: ')) {
      this.#indented = true;
      return true;
    }
    return false;
  }

  #within(text: string): boolean {
    const empty = text.trim() === '';
    switch (this.#state) {
      case 'traceback':
        if (!empty && !/^\s/.test(text)) this.#state = 'error';
        return true;
      case 'error':
        if (/^\s/.test(text) && !empty) return true;
        if (empty) this.#state = 'gap';
        else return this.#fresh(text);
        return true;
      case 'gap':
        if (!/^(During handling of the above|The above exception was)/.test(text)) return this.#fresh(text);
        this.#state = 'chain';
        return true;
      case 'chain':
        if (empty) return true;
        // The traceback that the one before it led to.
        return this.#fresh(text) || text.startsWith('Traceback');
      default:
        if (empty || /^(\s|goroutine \d|\[signal|created by |exit status|[\w./*()-]+\(.*\)$)/.test(text)) return true;
        return this.#fresh(text);
    }
  }

  #fresh(text: string): boolean {
    this.reset();
    return this.#plain(text);
  }
}

/** What a line may begin with that this knows: `[rank1]: ` of torchrun, Traceback, panic, Exception, Caused by, a class's name. */
const begins = new Uint8Array(256);
for (let byte = 65; byte <= 90; byte++) begins[byte] = begins[byte + 32] = 1;
begins[91] = 1;

/** As much as is needed to know it. */
function textOf(buffer: Buffer, start: number, end: number): string {
  const text = buffer.toString('latin1', start, Math.min(end, start + 160));
  return text.replace(/^\[rank\d+\]: ?/, '').replace(/\r$/, '');
}
