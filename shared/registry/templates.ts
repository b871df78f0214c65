/** Starting points for subcommands: each works as it is, and shows what its language's header and signature can say. */
import type { Runtime } from './entry.ts';

export interface Template {
  /** The file's name. */
  file: string;
  text: string;
}

/** @param name the verb */
export function templateFor(name: string, runtime: Runtime): Template {
  if (runtime === 'bash') return { file: `${name}.sh`, text: bash };
  if (runtime === 'go') return { file: `${name}.go`, text: go };
  const word = name.replaceAll('-', '_');
  return { file: `${word}.py`, text: python.replaceAll('NAME', keywords.has(word) ? `${word}_` : word) };
}

/** Of those that a verb can be called like. */
const keywords = new Set(
  (
    'and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

const python = `# /// script
# requires-python = ">=3.9"
# dependencies = []
#
# [tool.kf]
# version = "0.1.0"
# requires = []  # what a run needs, such as "create trainjobs.trainer.kubeflow.org"
# runs = ["local", "cluster"]
# ///
from __future__ import annotations

from typing import Literal


def NAME(name: str, count: int = 3, style: Literal["plain", "loud"] = "plain") -> list[dict]:
    """Greet someone, several times.

    What has no default is a word, what has one is an option. What is returned prints as a table, or with -o json.

    Args:
        name: whom to greet
        count: how many times
        style: how to say it
    """
    end = "!" if style == "loud" else "."
    return [{"number": i, "greeting": f"Hello, {name}{end}"} for i in range(1, count + 1)]
`;

const facts = `version = "0.1.0"
summary = "Greet someone, several times"
requires = []  # what a run needs, such as "create trainjobs.trainer.kubeflow.org"
runs = ["local", "cluster"]

# What has no default is a word, what has one is an option.
[[parameters]]
name = "name"
help = "whom to greet"

[[parameters]]
name = "count"
type = "integer"
default = 3
help = "how many times"

[[parameters]]
name = "style"
choices = ["plain", "loud"]
default = "plain"
help = "how to say it"`;

const commented = (mark: string): string =>
  ['/// kf', ...facts.split('\n'), '///'].map((line) => `${mark} ${line}`.trimEnd()).join('\n');

const bash = `#!/usr/bin/env bash
${commented('#')}
# The words are "$@"; each option is a variable, ARG_ and its name. A list has a value a line.
set -euo pipefail

name=$1
end=.
if [[ $ARG_STYLE == loud ]]; then end='!'; fi

for ((i = 1; i <= ARG_COUNT; i++)); do
  printf 'Hello, %s%s\\n' "$name" "$end"
done
`;

const go = `${commented('//')}

// The options are flags, the words are what is left of them.
package main

import (
	"flag"
	"fmt"
)

func main() {
	count := flag.Int("count", 3, "how many times")
	style := flag.String("style", "plain", "how to say it")
	flag.Parse()

	end := "."
	if *style == "loud" {
		end = "!"
	}
	for i := 0; i < *count; i++ {
		fmt.Printf("Hello, %s%s\\n", flag.Arg(0), end)
	}
}
`;
