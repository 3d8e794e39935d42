# fish completion of portman; made by: portman completion fish
function __portman_complete
    set -l typed (commandline -opc)
    $typed[1] __complete words $typed[2..-1] (commandline -ct) 2>/dev/null
end
complete -c portman -f -a '(__portman_complete)'
complete -c portman -n '__fish_seen_subcommand_from run hold' -F
