import type { Command } from 'commander';

/**
 * A script of bash or zsh that completes nouns, verbs and options, made from the commands there are: no process is
 * started while somebody types.
 */
export function completionScript(program: Command): string {
  const name = program.name();
  const cases = nodesOf(program, name).map(
    ({ path, words }) => `    "${path}") words="${words.join(' ')}" ;;`,
  );
  return `# ${name}: source <(${name} completion)
if [ -n "\${ZSH_VERSION:-}" ]; then autoload -U +X bashcompinit && bashcompinit; fi
_${name}() {
  local path="${name}" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) case "$path" in *" "*" "*) ;; *) path="$path $word" ;; esac ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _${name} ${name}
`;
}

interface Node {
  readonly path: string;
  readonly words: readonly string[];
}

function nodesOf(command: Command, path: string): readonly Node[] {
  const options = command.options.flatMap(({ long }) => (long ? [long] : []));
  const words = [...command.commands.map((each) => each.name()), ...options];
  return [{ path, words }, ...command.commands.flatMap((each) => nodesOf(each, `${path} ${each.name()}`))];
}
