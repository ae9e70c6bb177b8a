# What `pygmy deploy` has a host do: sent along with every step, as `sh -c`, and followed by the step, the
# folder, how nodes are run there (supervisor or systemd), and what else the step takes. Needs coreutils and bash.
#
#   files/HASH           whatever was ever copied, by the SHA-256 of what is in it
#   releases/ID/         a jar, its launcher and its conf: hard links to files
#   nodes/NODE/current   the release that NODE was started from last; previous: the one before
#   nodes/NODE/data      its data folder
#
# Every step may be repeated, and broken off anywhere: what is not whole has a name that nobody looks for.
set -eu
umask 077
unset CDPATH
step=$1 dir=$2 service=$3
shift 3

refuse() {
  echo "$1" >&2
  exit 1
}

# To the disk.
settle() { sync "$1" 2>/dev/null || sync; }

# A symbolic link NAME that leads to TARGET, in one step.
link() {
  rm -f "$2.new"
  ln -s "$1" "$2.new"
  mv -T "$2.new" "$2"
}

# The command line of the process whose pid is in a file, if it lives.
command_of() {
  pid=$(cat "$1" 2>/dev/null) || return 1
  tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" || return 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# What comes on the standard input, if it is whole, as the file $new of this folder.
receive() {
  find . -maxdepth 1 -name '.new.*' -mmin +60 -exec rm -f {} +
  new=$(mktemp .new.XXXXXX)
  trap 'rm -f "$new"' EXIT
  trap 'exit 1' HUP INT TERM
  cat >"$new"
  got=$(sha256sum <"$new")
  [ "${got%% *}" = "$1" ] || refuse "what was sent came damaged, or in part: try again"
  settle "$new"
}

# What is there of NODE.
look() {
  own=nodes/$1
  current=$(readlink "$own/current") && echo "current ${current##*/}"
  command=$(command_of "$own/data/$1/pid") && case $command in
    *" --node $1 "* | *" node $1 "*)
      id=${command%%/target/pygmy.jar *}
      echo "runs ${id##*/}"
      said=$own/data/$1/process.json
      ! grep -q "\"pid\" *: *$(cat "$own/data/$1/pid")," "$said" 2>/dev/null ||
        ! grep -q '"joined" *: *true' "$said" || echo "joined"
      ;;
  esac
  command=$(command_of "$own/data/supervisor.pid") && case $command in
    *" --supervise "*) echo "supervised" ;;
  esac
  ! systemctl is-active --quiet "pygmy@$1" >/dev/null 2>&1 || echo "service"
  [ ! -f "$own/data/admin-token" ] || echo "token"
  return 0
}

case $step in
  look) # NODE, then the hashes of files that are to be there
    for tool in bash sha256sum; do
      command -v "$tool" >/dev/null || refuse "there is no $tool"
    done
    [ -x "${JAVA_HOME:+$JAVA_HOME/bin/java}" ] || command -v java >/dev/null ||
      refuse "there is no java for who comes by ssh; install a JDK of 17 or newer"
    node=$1
    shift
    if cd "$dir" 2>/dev/null; then
      look "$node"
      for hash in "$@"; do
        [ -f "files/$hash" ] || echo "needs $hash"
      done
    else
      printf 'needs %s\n' "$@"
    fi
    ;;

  put) # HASH: keeps what comes on the standard input
    mkdir -p "$dir/files"
    cd "$dir/files"
    receive "$1"
    mv "$new" "$1"
    settle .
    ;;

  release) # ID, then names and hashes of its files
    id=$1
    shift
    cd "$dir"
    mkdir -p releases
    [ ! -d "releases/$id" ] || exit 0
    new=$(mktemp -d releases/.new.XXXXXX)
    trap 'rm -rf "$new"' EXIT
    trap 'exit 1' HUP INT TERM
    while [ $# -gt 0 ]; do
      mkdir -p "$new/$(dirname "$1")"
      ln "files/$2" "$new/$1"
      shift 2
    done
    chmod 700 "$new/launcher/pygmy"
    settle "$new"
    mv -T "$new" "releases/$id" 2>/dev/null || [ -d "releases/$id" ]
    settle releases
    ;;

  token) # NODE HASH: its administrators, from the standard input
    mkdir -p "$dir/nodes/$1/data"
    cd "$dir/nodes/$1/data"
    receive "$2"
    cmp -s "$new" admin-token || mv "$new" admin-token
    ;;

  up) # NODE ID SECONDS OPTIONS: starts it from that release; waits until it serves
    cd "$dir"
    [ -d "releases/$2" ] || refuse "there is no release $2: try again"
    own=$PWD/nodes/$1
    mkdir -p "$own/data"
    former=$(readlink "$own/current") || former=
    if [ "$former" != "../../releases/$2" ]; then
      [ -z "$former" ] || link "$former" "$own/previous"
      link "../../releases/$2" "$own/current"
    fi
    if [ "$service" = systemd ]; then
      as_root systemctl start "pygmy@$1"
    else
      cd "releases/$2"
      launcher/pygmy up --detach --node "$1" --conf "$PWD/conf/shop.json" --data "$own/data" \
        --wait "$3" ${4:+--java-opts="$4"}
    fi
    ;;

  down) # NODE
    cd "$dir/nodes/$1" 2>/dev/null && [ -d current ] || exit 0
    if [ "$service" = systemd ]; then
      as_root systemctl stop "pygmy@$1"
      [ "$(systemctl show --property=Result --value "pygmy@$1")" != timeout ] ||
        echo "pygmy@$1 did not stop in time: killing it" >&2
    else
      current/launcher/pygmy down --data "$PWD/data"
    fi
    ;;

  status) # NODE URLS: what there is, and what its frontend says, or one of these
    cd "$dir" 2>/dev/null || exit 0
    look "$1"
    [ -d "nodes/$1/current" ] || exit 0
    echo status
    "nodes/$1/current/launcher/pygmy" status --json --data "nodes/$1/data" ${2:+--url "$2"} || [ $? = 3 ]
    ;;

  log) # NODE, node or supervisor, LINES or all
    cd "$dir/nodes/$1/data" 2>/dev/null || refuse "nothing of $1 is there"
    file=supervisor.log
    [ "$2" = supervisor ] || file=$1/log/node.log
    if [ "$service" = systemd ]; then
      [ "$2" = node ] || exit 0
      journalctl --quiet --output=cat --unit="pygmy@$1" --lines="$3"
    elif [ "$3" = all ]; then
      [ ! -f "$file" ] || cat "$file"
    else
      [ ! -f "$file" ] || tail -n "$3" "$file"
    fi
    ;;

  prune) # removes what no node was started from, last or before
    cd "$dir"
    for release in releases/*; do
      used=no
      for name in nodes/*/current nodes/*/previous; do
        [ "$(readlink "$name")" != "../../$release" ] || used=yes
      done
      [ "$used" = yes ] || rm -rf "$release"
    done
    find files -type f -links 1 ! -name '.new.*' -exec rm -f {} +
    ;;

  *) refuse "there is no step $step" ;;
esac
