# bash completion of portman; made by: portman completion bash
_portman() {
    local value about
    local -a found=() shown=()
    while IFS=$'\t' read -r value about; do
        found+=("$value")
        shown+=("$value${about:+  ($about)}")
    done < <("${COMP_WORDS[0]}" __complete line "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
    # What is listed may have descriptions; what is inserted may not.
    if ((COMP_TYPE == 63 && ${#found[@]} > 1)); then
        COMPREPLY=("${shown[@]}")
    else
        COMPREPLY=("${found[@]}")
    fi
}
complete -o bashdefault -o default -F _portman portman
