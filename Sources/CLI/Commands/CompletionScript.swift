/// The scripts that make a shell ask `opsloop __complete`.
///
/// They hold no commands, so they stay right when the daemon learns new ones.
enum CompletionScript {
    static func text(_ shell: String) -> String {
        switch shell {
        case "zsh": zsh
        case "fish": fish
        default: bash
        }
    }

    // Bash cuts words at ":" and "=", so the part before the last of them is taken off again.
    private static let bash = #"""
        # opsloop completion for bash; load it with: source <(opsloop completion bash)
        _opsloop() {
            local line="${COMP_LINE:0:COMP_POINT}" current cut="" value
            local -a words
            read -r -a words <<<"$line"
            [[ $line == *[[:space:]] ]] && words+=("")
            current="${words[${#words[@]}-1]}"
            if [[ $current == *[:=]* ]]; then cut="${current%"${current##*[:=]}"}"; fi
            COMPREPLY=()
            while IFS=$'\t' read -r value _; do
                COMPREPLY+=("$(printf '%q' "${value#"$cut"}")")
            done < <("${words[0]}" __complete -- "${words[@]:1}" 2>/dev/null)
            if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
        }
        complete -o default -F _opsloop opsloop

        """#

    private static let zsh = #"""
        #compdef opsloop
        # opsloop completion for zsh; load it with: source <(opsloop completion zsh)
        _opsloop() {
            local -a found
            local value help
            while IFS=$'\t' read -r value help; do
                found+=("${value//:/\\:}:${help}")
            done < <("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
            if (( ${#found} )); then _describe 'opsloop' found; else _files; fi
        }
        compdef _opsloop opsloop

        """#

    private static let fish = #"""
        # opsloop completion for fish; load it with: opsloop completion fish | source
        function __opsloop_complete
            set -l words (commandline -opc) (commandline -ct)
            opsloop __complete -- $words[2..-1] 2>/dev/null
        end
        complete -c opsloop -f -a '(__opsloop_complete)'

        """#
}
