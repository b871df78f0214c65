/** By this line a shim is known to be ours. */
export const mark = '# Made by kubectl kf completion install; kubectl kf completion uninstall takes it away.';

export interface Shim {
  /** What it completes, as its file is called after `kubectl_complete-`: `kf`, `kf-train`. */
  name: string;
  /** The executable's path; a bare name is beside the shim. */
  executable: string;
  /** The verb that the name stands for, where the executable has several. */
  verb: string;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The program that kubectl runs for completion (POSIX sh, dash in mind). An executable of ours takes longer to start than kubectl's
 * own completion has, so answers that it gave lately are read from where it left them (shared/completion/store.ts: root); for any
 * doubt it is asked again. An answer holds as long as the kubeconfig is the very same file and neither it, nor the plugins, nor the
 * folder that they are in is newer. Words are never evaluated: those with letters beyond the plain ones go to the executable as they are.
 */
export function shimText({ name, executable, verb }: Shim): string {
  const beside = !executable.includes('/');
  return `#!/bin/sh
${mark}
here=\${0%/*}
exe=${beside ? `$here/${executable}` : quoted(executable)}
if [ ! -x "$exe" ]; then
  echo :4
  exit 0
fi
export LC_ALL=C TZ=UTC0
cache=\${KUBECACHEDIR:-$HOME/.kube/cache}/kf/completion/1
config=\${KUBECONFIG:-$HOME/.kube/config}
plain=1 started= typed= key=${name}+
for word do
  if [ "$started" ]; then
    case $typed in '' | /* | *..* | *//* | *[!A-Za-z0-9._/@,-]*) plain= ;; esac
    key=$key$typed+
  fi
  started=1 typed=$word
done
case $typed in
  - | --) key=$key- ;;
  --*[!A-Za-z0-9-]*) plain= ;;
  --*) key=$key-- ;;
  -* | *[!A-Za-z0-9._-]*) plain= ;;
esac
case $config in *..* | *//* | *:* | [!/]*) plain= ;; esac
answer= stamp=
if [ "$plain" ] && [ "\${#key}" -lt 200 ]; then
  answer=$cache/answers$config/$key
  # Which file it is, its size and time: another file of that name, older or not, is another kubeconfig.
  stamp=$(ls -Llin "$config" 2>/dev/null)
fi
if [ "$stamp" ] && [ "$answer" -nt "$config" ] && [ "$answer" -nt "$exe" ] && [ "$answer" -nt "$here" ]; then
  {
    IFS= read -r line
    if [ "$line" = "$stamp" ]; then
      { true >"$cache/now"; } 2>/dev/null
      if [ ! "$answer.n" -nt "$cache/now" ]; then
        "$exe" __behind "$answer" "$stamp" ${verb ? `${verb} ` : ''}"$@" </dev/null >/dev/null 2>&1 &
      fi
      if [ "$typed" ]; then exec grep -e "^$typed" -e '^:[0-9]*$'; fi
      exec cat
    fi
  } <"$answer"
fi
exec "$exe" __complete "$answer" "$stamp" ${verb ? `${verb} ` : ''}"$@"
`;
}
