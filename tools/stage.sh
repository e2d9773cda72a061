# Sourced by the other tools: how a stage is announced, timed and logged. Needs bash and coreutils.

# 18s, 2m04s, 1h02m
elapsed() {
    local seconds=$1
    if ((seconds >= 3600)); then
        printf '%dh%02dm' $((seconds / 3600)) $((seconds % 3600 / 60))
    elif ((seconds >= 60)); then
        printf '%dm%02ds' $((seconds / 60)) $((seconds % 60))
    else
        printf '%ds' "$seconds"
    fi
}

# said STAGE TEXT [SECONDS [LOG]]: one line that stays.
said() {
    local line
    printf -v line '%-6s %s' "$1" "$2"
    [ -z "${3:-}" ] || printf -v line '%-78s %7s' "$line" "$(elapsed "$3")"
    [ -z "${4:-}" ] || line+="   log: $4"
    printf '%s%s\n' "$erase" "$line" >&2
}

# drawn TEXT: a line that the next one replaces. Such lines exist on a terminal only.
erase=
[ ! -t 2 ] || [ "${TERM:-dumb}" = dumb ] || erase=$'\r\e[K'
drawn() { [ -z "$erase" ] || printf '%s%s' "$erase" "$1" >&2; }

# ran COMMAND...: says a command as a person would type it.
ran() { printf '%s$ %s\n' "$erase" "$*" >&2; }

# failed STAGE TEXT LOG: the end of the log, and what to read.
failed() {
    [ ! -f "$3" ] || tail -n "${4:-20}" "$3" >&2
    said "$1" "failed: $2; the whole log: $3"
}

# watched STAGE TEXT LOG COMMAND...: runs a command that counts its steps ("[3/60] ..." or "3/60 ...") with its
# output in LOG, and draws how far it is: a bar on a terminal, a line per 30 s elsewhere. Ends as the command ends.
watched() {
    local stage=$1 text=$2 log=$3 start=$SECONDS told=$SECONDS steps bar status=0 child
    shift 3
    "$@" >>"$log" 2>&1 </dev/null &
    child=$!
    while kill -0 $child 2>/dev/null; do
        steps=$(tail -n 400 "$log" | grep -aoE '^ *\[? *[0-9]+/[0-9]+' | tail -n 1 | tr -d '[ ' || true)
        if [ -n "$steps" ] && [ "${steps#*/}" -gt 0 ]; then
            printf -v bar '%*s' $((20 * ${steps%/*} / ${steps#*/})) ''
            printf -v bar '%-20s' "${bar// /#}"
            drawn "$(printf '%-6s %s   [%s] %s   %s' "$stage" "$text" "$bar" "$steps" \
                "$(elapsed $((SECONDS - start)))")"
            if [ -z "$erase" ] && ((SECONDS - told >= 30)); then
                said "$stage" "$text   $steps" $((SECONDS - start))
                told=$SECONDS
            fi
        fi
        sleep 0.2
    done
    wait $child || status=$?
    said "$stage" "$text$([ $status = 0 ] || echo ': failed')" $((SECONDS - start)) "$log"
    return $status
}

# built TEXT LOG NINJA-ARGUMENTS...: ninja, watched; the first failure is shown.
built() {
    local text=$1 log=$2
    shift 2
    if ! NINJA_STATUS='[%f/%t] ' watched build "$text" "$log" ninja "$@"; then
        grep -a -A 15 -m 1 '^FAILED:' "$log" >&2 || tail -n 15 "$log" >&2
        return 1
    fi
}
