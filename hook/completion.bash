# SPDX-License-Identifier: GPL-2.0-or-later
# What bash offers after oci-wireguard: the verbs, options and words that its --help lists, and the
# tunnels of the directories that it would look into.
# shellcheck shell=bash

# All that --help says: into verbs and options, how their operands and values are written, by their
# names, and into settings, the options that are annotations too.
_oci_wireguard_read() { # PROGRAM
	local line group=0
	local verb='^(Usage:| {6}) oci-wireguard ([a-zA-Z]+)( [^ ].*)?$'
	local option='^  (--[a-z-]+)( [^ ]+)?  '

	while IFS= read -r line; do
		if [[ $line =~ $verb ]]; then
			line=${BASH_REMATCH[3]%%   *}
			verbs[${BASH_REMATCH[2]}]=${line//[].[]/}
		elif [[ $line =~ $option ]]; then
			options[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]# }
			[ $group -ne 2 ] || settings+=("${BASH_REMATCH[1]#--}")
		elif [ -z "$line" ]; then
			group=$((group + 1))
		fi
	done < <("$1" --help 2>/dev/null)
}

# The words before the one to complete, which is $word. "=" and ":" are words of their own to bash.
_oci_wireguard_words() {
	local i
	for ((i = 1; i <= COMP_CWORD; i++)); do
		if [[ $i -gt 1 && (${COMP_WORDS[i]} == [=:]* || ${COMP_WORDS[i - 1]} == *[=:]) ]]; then
			word+=${COMP_WORDS[i]}
		else
			[ $i -eq 1 ] || words+=("$word")
			word=${COMP_WORDS[i]}
		fi
	done
}

_oci_wireguard_tunnels() {
	local i directory file directories=()
	for ((i = 0; i < ${#words[@]}; i++)); do
		case ${words[i]} in
		--config-dir) directories+=("${words[i + 1]-}") ;;
		--config-dir=*) directories+=("${words[i]#*=}") ;;
		esac
	done
	if [ ${#directories[@]} -eq 0 ]; then # root's too, for who types sudo
		directories=(/etc/wireguard)
		[ "$EUID" -eq 0 ] || directories+=("${XDG_CONFIG_HOME:-$HOME/.config}/wireguard")
	fi
	for directory in "${directories[@]}"; do
		for file in "$directory"/*.conf; do
			file=${file##*/}
			file=${file%.conf}
			[[ ! $file =~ ^[A-Za-z0-9][A-Za-z0-9_.+=-]*$ ]] || printf '%s\n' "$file"
		done
	done
}

_oci_wireguard_paths() { # -f|-d WORD
	compopt -o filenames 2>/dev/null
	mapfile -t -O ${#offers[@]} offers < <(compgen "$1" -- "$2")
}

# _oci_wireguard_offer FORM WORD: what FORM, "tunnel|engine|ADDRESS,..." or the like, lets WORD become.
_oci_wireguard_offer() {
	local form forms
	IFS='|' read -ra forms <<<"$1"
	for form in "${forms[@]}"; do
		case $form in
		TUNNEL) mapfile -t -O ${#offers[@]} offers < <(_oci_wireguard_tunnels) ;;
		FILE) [[ $2 != */* ]] || _oci_wireguard_paths -f "$2" ;;
		DIR) _oci_wireguard_paths -d "$2" ;;
		wg.NAME) offers+=("${settings[@]/#/wg.}") ;;
		*[!a-z]*) ;; # capitals stand for something else, which nobody here knows
		*) offers+=("$form") ;;
		esac
	done
}

# What may come where no value of an option does: VERB's options, and its operand after COUNT others.
_oci_wireguard_operand() { # VERB COUNT
	local form before='' operands=() of_verb=()
	for form in ${verbs[$1]-}; do
		case $form in
		OPTION) of_verb=("${!options[@]}") ;;
		--*) of_verb+=("$form") ;;
		*) [[ $before == --* ]] || operands+=("$form") ;;
		esac
		before=$form
	done
	if [[ $word == -* ]]; then
		offers+=("${of_verb[@]}")
	else
		_oci_wireguard_offer "${operands[$2]-}" "$word"
	fi
}

_oci_wireguard() {
	local words=() word='' offers=() settings=() others=() option='' value i
	local -A verbs=() options=()

	_oci_wireguard_read "$1"
	[ ${#verbs[@]} -gt 0 ] || return
	_oci_wireguard_words
	value=$word
	for ((i = 0; i < ${#words[@]}; i++)); do
		option=
		case ${words[i]} in
		--*=*) ;;
		-*) [ -z "${options[${words[i]}]-}" ] || option=${words[i++]} ;;
		*) others+=("${words[i]}") ;;
		esac
	done
	# But for the last of them, its value stands there.
	[ "$i" -gt ${#words[@]} ] || option=
	if [[ $word == --*=* ]]; then
		option=${word%%=*}
		value=${word#*=}
	fi

	if [ -n "$option" ]; then
		_oci_wireguard_offer "${options[$option]-}" "$value"
	elif [ ${#others[@]} -eq 0 ]; then
		offers=("${!verbs[@]}" --help --version)
	else
		_oci_wireguard_operand "${others[0]}" $((${#others[@]} - 1))
	fi
	mapfile -t COMPREPLY < <(compgen -W "${offers[*]@Q}" -- "$value")
	# What stands before the "=" stays, unless bash has parted it there.
	[[ $word == "$value" || $2 != "$word" ]] || COMPREPLY=("${COMPREPLY[@]/#/${word%"$value"}}")
}

complete -F _oci_wireguard oci-wireguard
