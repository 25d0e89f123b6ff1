# SPDX-License-Identifier: GPL-2.0-or-later
# What fish offers after oci-wireguard: the verbs, options and words that its --help lists, and the
# tunnels of the directories that it would look into.

# The tunnels that the words before the one to complete allow.
function __oci_wireguard_tunnels
    set -l words (commandline -opc)
    set -l directories
    for i in (seq (count $words))
        switch $words[$i]
            case --config-dir
                set -a directories $words[(math $i + 1)]
            case '--config-dir=*'
                set -a directories (string replace -- --config-dir= '' $words[$i])
        end
    end
    if not set -q directories[1] # root's too, for who types sudo
        set directories /etc/wireguard
        set -l config $XDG_CONFIG_HOME
        test -n "$config"; or set config ~/.config
        test (id -u) -eq 0; or set -a directories $config/wireguard
    end
    for file in $directories/*.conf
        string match -rg '/([A-Za-z0-9][A-Za-z0-9_.+=-]*)\.conf$' -- $file
    end
end

# The first group of the options in the lines of --help, which are annotations too.
function __oci_wireguard_settings
    set -l group 0
    for line in $argv
        test -n "$line"; or set group (math $group + 1)
        test $group -ne 2; or string match -rg '^  --([a-z-]+)' -- $line
    end
end

# What FORM, "tunnel|engine|ADDRESS,..." or the like, lets VALUE become; then the lines of --help.
function __oci_wireguard_values --argument-names form value
    for word in (string split -- '|' $form)
        switch $word
            case TUNNEL
                __oci_wireguard_tunnels
            case FILE
                string match -q -- '*/*' $value; and __fish_complete_path $value
            case DIR
                __fish_complete_directories $value ''
            case wg.NAME
                string replace -r -- '^' wg. (__oci_wireguard_settings $argv[3..])
            case '*' # capitals stand for something else, which nobody here knows
                string match -r -- '^[a-z]+$' $word
        end
    end
end

function __oci_wireguard
    command -q oci-wireguard; or return
    set -l help (command oci-wireguard --help 2>/dev/null)
    set -l verbs (string match -rg '^(?:Usage:|      ) oci-wireguard ([a-zA-Z].*)$' -- $help)
    set -l options (string match -rg '^  (--[a-z-]+ .*)$' -- $help)
    set -l word (commandline -ct)
    set -l option
    set -l others

    for before in (commandline -opc)[2..]
        if set -q option[1]
            set option
        else if string match -q -- '-*' $before
            # One that has a value, and not behind its "=".
            string match -rq -- "^$before \S" $options; and set option $before
        else
            set -a others $before
        end
    end

    if string match -rq -- '^(?<name>--[a-z-]+)=(?<value>.*)$' $word
        set -l form (string match -rg -- "^$name (\S+)" $options)
        string replace -r -- '^' "$name=" (__oci_wireguard_values "$form" "$value" $help)
        return
    else if set -q option[1]
        set -l form (string match -rg -- "^$option (\S+)" $options)
        __oci_wireguard_values "$form" "$word" $help
        return
    else if not set -q others[1]
        string replace -r '^(\S+).*?(?:   (.*))?$' '$1\t$2' -- $verbs
        printf '%s\n' --help --version
        return
    end

    # The options of the verb and its operands, of which some are there.
    set -l wants
    set -l takes
    set -l before
    for form in (string match -rg -- "^$others[1](?: (.*?))?(?:   |\$)" $verbs | string replace -ra '[].[]' '' | string split -n ' ')
        if string match -q -- '--*' $form
            set -a wants (string match -r -- "^$form .*" $options)
        else if test $form = OPTION
            set wants $options
        else if not string match -q -- '--*' "$before"
            set -a takes $form
        end
        set before $form
    end
    if string match -q -- '-*' $word
        string replace -r '^(\S+)(?: \S+)? +(.*)$' '$1\t$2' -- $wants
    else
        __oci_wireguard_values "$takes[$(count $others)]" "$word" $help
    end
end

complete -c oci-wireguard -f -a '(__oci_wireguard)'
