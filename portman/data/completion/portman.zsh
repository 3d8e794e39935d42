#compdef portman
# zsh completion of portman; made by: portman completion zsh
_portman() {
    local value about
    local -a found
    while IFS=$'\t' read -r value about; do
        found+=("${value//:/\\:}${about:+:$about}")
    done < <("${words[1]}" __complete words "${(@)words[2,CURRENT]}" 2>/dev/null)
    if (( $#found )); then
        _describe portman found
    else
        _files
    fi
}
if [ "$funcstack[1]" = "_portman" ]; then
    _portman "$@"
else
    compdef _portman portman
fi
