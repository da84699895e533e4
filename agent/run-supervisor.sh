#!/bin/sh
# The run supervisor: one per run, started by the agent, outlives it. POSIX sh, coreutils and util-linux only.
#
#   run-supervisor.sh supervise CONTROL WORK CWD TIMEOUT PAUSE HEAD TAIL USER_ID GROUP_ID PROGRAM [ARGUMENT...]
#
# CONTROL  folder of this run that only the agent's user can enter; all names below are in it
#   started   made exclusively before anything runs: "PID STARTTIME BOOT_ID". Who finds it never executes.
#   kill      made by the agent, which then sends SIGUSR1 to us: end the script
#   leader    pid of the script's session and process group
#   stdout.OFFSET, stderr.OFFSET   what was printed, see keep()
#   exit      last of all, atomically: "status=N ended_by=script|kill|timeout oom=N".
#             N is a wait status as wait(2) gives it, or "never" where nothing was executed.
#             When a run began and ended, the times of the files `started` and `exit` tell.
# WORK     folder of the run's user: script, environment (removed before the script starts), fault
# TIMEOUT  seconds, PAUSE milliseconds between two signals, HEAD and TAIL bytes; USER_ID - for our own user
#
# Exit codes: 0 done · 73 CONTROL cannot be written, nothing ran · 75 another supervisor has this run.
#
# How the exact wait status is found. A shell's $? cannot tell "exit 137" from "killed by 9". So `timeout 0` (no limit:
# it only waits) is the parent of the script's session and ends the same way as the script did. It alone holds the
# writing end of the FIFO `alive`: end-of-file there means that the script ended, whatever background children it left.
# Its own parent never reaps it, so its status stays readable in /proc (field 52 of stat) until we have it.
set -u
umask 077

# Sets $state, $group, $session, $start_time and $status from /proc/PID/stat. False when there is no such process.
read_stat() {
  { IFS= read -r stat_line <"/proc/$1/stat"; } 2>/dev/null || return 1
  split_stat ${stat_line##*) }
}
split_stat() {
  state=${1:-} group=${3:-} session=${4:-} start_time=${20:-} status=${50:-}
}

# The folder may be removed while a script runs: what is needed to end it is kept in $middle and $leader.
script_ended() {
  read_stat "$middle" || status=''
  [ "$state" = Z ] || [ -z "$status" ]
}

session_alive() {
  for entry in /proc/[0-9]*; do
    read_stat "${entry#/proc/}" || continue
    [ "$session" = "$leader" ] && [ "$state" != Z ] && return 0
  done
  return 1
}

# Signals the process group, and each process of the session that left the group.
signal_session() {
  kill -s "$1" -- "-$leader" 2>/dev/null
  for entry in /proc/[0-9]*; do
    read_stat "${entry#/proc/}" || continue
    [ "$session" = "$leader" ] && [ "$group" != "$leader" ] && kill -s "$1" "${entry#/proc/}" 2>/dev/null
  done
}

# TERM, three times, PAUSE apart; then KILL. Runs inside the trap, so that no request is lost between a test and a wait;
# one that comes before there is anything to end is seen by the looks at `kill` in supervise().
end_session() {
  [ -n "$launched" ] && [ -z "$ended_by" ] || return
  script_ended && return
  ended_by=$1
  for round in 1 2 3; do
    signal_session TERM
    polls=0
    while [ "$polls" -lt "$polls_per_pause" ]; do
      sleep 0.1
      session_alive || return
      polls=$((polls + 1))
    done
  done
  while session_alive; do
    signal_session KILL
    sleep 0.1
  done
}

# Keeps the output of one stream in files NAME.OFFSET, named by the offset of their first byte (so total = offset of the
# last + its size): those that begin below HEAD, and of the rest the newest that hold TAIL bytes together. A file takes
# at most 64 KiB at first and 1 MiB later, so a script that prints 10 GB takes 2 MiB of disk. dd writes each piece as it
# comes (it counts reads, not bytes), so that all that was printed can be read at any time. After TERM (the script ended,
# a background child still holds the stream) and when the disk is full the rest is read and thrown away: whoever still
# prints is neither blocked nor killed by it.
keep() {
  name=$1 copier='' offset=0 ring=0 reads=16
  exec 3<"$name.fifo"
  trap 'kill "$copier" 2>/dev/null; exec cat <&3 >/dev/null' TERM
  set --
  while :; do
    piece=$name.$offset
    dd bs=4096 count="$reads" status=none of="$piece" <&3 2>/dev/null &
    copier=$!
    if ! wait "$copier"; then
      trap '' TERM
      : >"$name.cut"
      exec cat <&3 >/dev/null
    fi
    [ -s "$piece" ] || break
    size=$(stat -c %s "$piece")
    if [ "$offset" -ge "$head" ]; then
      set -- "$@" "$piece" "$size"
      ring=$((ring + size))
      while [ $((ring - $2)) -ge "$tail" ]; do
        rm -f "$1"
        ring=$((ring - $2))
        shift 2
      done
    fi
    offset=$((offset + size))
    reads=$((reads < 256 ? reads * 2 : 256))
  done
  : >"$name.end"
}

# Becomes the script: in a session of its own, output to the FIFOs, then as the run's user. The last step has the
# user's rights: it takes the environment, enters the working directory and executes; where that fails it says so in
# WORK/fault (a shell whose exec failed goes on: dash to its EXIT trap, bash because of execfail).
as_user='
  work=$1 cwd=$2; shift 2
  umask 022
  unset LC_ALL OLDPWD
  . "$work/environment"
  PATH=/usr/bin:/bin rm -f "$work/environment"
  cd -- "$cwd" || { echo cwd >"$work/fault"; exit 126; }
  trap "echo exec >\"\$work/fault\"" EXIT
  [ -z "${BASH_VERSION-}" ] || shopt -s execfail
  exec "$@"
  exit 127
'
launch() {
  printf '%s\n' "$$" >leader || exit 126
  exec 9>&- </dev/null >stdout.fifo 2>stderr.fifo
  if [ "$user_id" = - ]; then
    exec sh -c "$as_user" sh "$work" "$cwd" "$@"
  fi
  exec setpriv --reuid="$user_id" --regid="$group_id" --init-groups sh -c "$as_user" sh "$work" "$cwd" "$@"
}

oom_kills() {
  while read -r key value; do
    [ "$key" != oom_kill ] || { echo "$value"; return; }
  done </proc/vmstat
  echo 0
}

# Written whole or not at all; waits for room where the disk is full, since only this process knows how it ended. Where
# the folder was removed there is nobody left to tell.
finish() {
  line="status=$1 ended_by=${ended_by:-script} oom=$2"
  until { printf '%s\n' "$line" >exit.new && sync exit.new && mv exit.new exit; } 2>/dev/null; do
    [ -d "$control" ] || return
    sleep 1
  done
}

# link(2) is exclusive, and makes `started` appear with its content.
claim_start() {
  read_stat "$$" && read -r boot_id </proc/sys/kernel/random/boot_id || exit 73
  printf '%s\n' "$$ $start_time $boot_id" >"started.$$" || exit 73
  if ! ln "started.$$" started 2>/dev/null; then
    rm -f "started.$$"
    [ -e started ] && exit 75
    exit 73
  fi
  sync started . || exit 73
}

supervise() {
  ended_by='' leader='' middle='' launched=''
  trap 'end_session kill' USR1
  claim_start
  if [ -e kill ]; then
    ended_by=kill
    finish never 0
    return
  fi
  if ! mkfifo stdout.fifo stderr.fifo alive; then
    finish never 0
    return
  fi
  [ "$user_id" = - ] || chown "$user_id" stdout.fifo stderr.fifo
  oom_before=$(oom_kills)
  keep stdout &
  keep_stdout=$!
  keep stderr &
  keep_stderr=$!

  exec 5<>alive 6<alive 9>alive 5>&-
  (
    timeout --foreground 0 setsid sh "$self" launch "$control" "$work" "$cwd" "$limit" "$pause" "$head" "$tail" \
      "$user_id" "$group_id" "$@" 6<&- &
    echo "$!" >middle
    # Longer than any script may take, yet not for ever, should we be killed.
    exec sleep $((${limit%.*} + 3600)) 6<&- 9>&-
  ) &
  holder=$!
  timeout "$limit" cat <&6 9>&- &
  reader=$!
  exec 6<&- 9>&-
  until [ -s middle ]; do sleep 0.01; done
  read -r middle <middle
  until [ -s leader ] || script_ended; do sleep 0.01; done
  [ ! -s leader ] || read -r leader <leader
  launched=yes
  [ ! -e kill ] || end_session kill
  # A signal that is trapped interrupts `wait`, so it is asked again; 124: the time is up.
  while kill -0 "$reader" 2>/dev/null; do
    wait "$reader"
    [ "$?" != 124 ] || end_session timeout
  done
  until script_ended; do sleep 0.05; done
  trap '' USR1
  script_ended
  outcome=$status
  # Somebody killed our helpers: nobody can tell any more.
  [ -n "$outcome" ] || return
  oom=$(($(oom_kills) - oom_before))
  { kill "$holder" && wait "$holder"; } 2>/dev/null

  # Releases a filter that still waits for its writer, where the launch failed before it opened the streams.
  : 3<>stdout.fifo 4<>stderr.fifo
  polls=0
  until [ -e stdout.end ] && [ -e stderr.end ]; do
    polls=$((polls + 1))
    [ "$polls" -le 50 ] || break
    sleep 0.02
  done
  [ -e stdout.end ] || kill "$keep_stdout" 2>/dev/null
  [ -e stderr.end ] || kill "$keep_stderr" 2>/dev/null
  finish "$outcome" "$oom"
}

mode=$1 self=$0 control=$2 work=$3 cwd=$4 limit=$5 pause=$6 head=$7 tail=$8 user_id=$9
shift 9
group_id=$1
shift
polls_per_pause=$(((pause + 99) / 100))
cd -- "$control" || exit 73
case $mode in
  supervise) supervise "$@" ;;
  launch) launch "$@" ;;
esac
