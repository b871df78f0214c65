import { basename } from 'node:path';

interface State {
  /** Where the plugins are, and whether kubectl looks there. */
  folder: string;
  onPath: boolean;
  /** Of how many files completion is made, and those that are not as they should be. */
  count: number;
  missing: readonly string[];
  /** The person's shell, where the environment tells. */
  shell: string | undefined;
  cache: string;
}

const shells: Record<string, string> = {
  bash: 'source <(kubectl completion bash)                in ~/.bashrc, after bash-completion',
  zsh: 'source <(kubectl completion zsh)                 in ~/.zshrc, after compinit',
  fish: 'kubectl completion fish | source                 in ~/.config/fish/config.fish',
  pwsh: 'kubectl completion powershell | Out-String | Invoke-Expression   in $PROFILE',
};

/** The page of `kubectl kf completion`. */
export function explain({ folder, onPath, count, missing, shell, cache }: State): string {
  const there =
    missing.length === 0
      ? `all ${count} files are in ${folder}`
      : `${missing.length === count ? 'none' : `${count - missing.length} of ${count} files`} in ${folder}: kubectl kf completion install`;
  const path = onPath ? 'it is' : `it is not: add it, such as export PATH="${folder}:$PATH"`;
  const own = basename(shell ?? '').replace(/^powershell$/, 'pwsh');
  const lines = Object.entries(shells).map(([name, line]) => `  ${name === own ? '→' : ' '} ${name.padEnd(5)} ${line}`);
  return `kubectl completes the words of kubectl kf through its own completion, once these are there:

1. what kubectl runs for it, beside the plugins
     ${there}
2. that folder on PATH
     ${path}
3. kubectl's completion in your shell
${lines.join('\n')}

Names come from what was seen of the cluster last, in ${cache}
and are asked for again behind; that folder may be deleted at any time.
`;
}
