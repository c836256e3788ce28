#!/usr/bin/env bash
# Private, throw-away PostgreSQL and MariaDB servers for the tests (Debian, Ubuntu).
#
#   eval "$(tests/servers.sh start)"    start both, set ORM_TEST_{POSTGRES,MYSQL}_URL
#   tests/servers.sh stop               stop both
#
# To be sourced by scripts, for servers_start, servers_stop and apt_install.
set -euo pipefail
shopt -s inherit_errexit

servers_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)/target/servers
servers_started=()

# The servers see nothing of the caller's environment: TMPDIR, PG*, the locale
# and the time zone would all change how they behave.
servers_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
as_server=(env -i -C / PATH="$servers_path" LC_ALL=C TZ=UTC)
if ((EUID == 0)); then # which both servers refuse to run as
  as_server+=(setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups)
fi

die() {
  echo "tests: $*" >&2
  exit 1
}

# die, for a server: $1 is its directory.
die_with_log() {
  echo "---- end of $1/log" >&2
  tail -n 40 "$1/log" >&2 || true
  die "${*:2}"
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

apt_install() {
  type -P apt-get >/dev/null || die "no apt-get here, please install by hand: $*"
  ((EUID == 0)) || type -P sudo >/dev/null ||
    die "neither root nor sudo, please install by hand: $*"
  echo "tests: installing $*" >&2
  # stdout belongs to `tests/servers.sh start`. A broken third-party source
  # fails the update, which is no reason to give up.
  as_root apt-get update </dev/null >&2 || true
  # --no-remove: rather fail than replace somebody's MySQL with MariaDB.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-remove \
    --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2 ||
    die "could not install $*"
}

newest_initdb() {
  printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1
}

mariadb_programs() {
  PATH=$servers_path type -P mariadbd mariadb-install-db mariadb >/dev/null
}

# Below the range the kernel takes the ports of outgoing connections from.
free_port() {
  local port
  while
    port=$((20000 + RANDOM % 10000))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null
  do :; done
  echo "$port"
}

# Prints a new, empty directory for the server $1.
new_dir() {
  local dir=$servers_dir/$1
  stop_server "$1"
  rm -rf "$(readlink -f "$dir")" "$dir"
  # Elsewhere, with a link to it, if the path of a socket would exceed the 107
  # bytes the kernel allows, if mariadb-install-db would stumble over a space in
  # it, or if the server's user can't get there.
  if ((${#dir} < 80)) && [[ $dir != *[^[:alnum:]/._+-]* ]] &&
    "${as_server[@]}" test -x "$servers_dir"; then
    mkdir "$dir"
  else
    ln -s "$(mktemp -d "/tmp/orm-$1.XXXXXX")" "$dir"
    dir=$(readlink -f "$dir")
  fi
  if ((EUID == 0)); then chown nobody: "$dir"; fi
  echo "$dir"
}

# launch <dir> <program> <argument>...
launch() {
  # setsid: Ctrl-C is for the tests, the servers are stopped after them.
  # 9 is the lock of servers_start: a server left behind must not hold it.
  "${as_server[@]}" setsid "${@:2}" </dev/null >>"$1/log" 2>&1 9>&- &
  echo $! >"$1/pid"
}

# await <dir> <command>...: until the command succeeds
await() {
  local dir=$1 pid deadline=$((SECONDS + 60))
  pid=$(<"$dir/pid")
  until "${as_server[@]}" "${@:2}" >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || die_with_log "$dir" "the server did not start"
    ((SECONDS < deadline)) || die_with_log "$dir" "the server was not ready after 60 s"
    sleep 0.1
  done
}

# Whether $1, from the pid file of the server in $2, is still that server and
# not some other process that got its number.
is_server() {
  tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF -- "$2/"
}

# Nothing of the data is worth keeping, the log may be.
stop_server() {
  local dir pid deadline=$((SECONDS + 20))
  dir=$(readlink -f "$servers_dir/$1") && [[ -f $dir/pid ]] || return 0
  pid=$(<"$dir/pid")
  # For PostgreSQL this is "immediately", for MariaDB the same as TERM.
  if is_server "$pid" "$dir"; then kill -QUIT "$pid" || true; fi
  while is_server "$pid" "$dir"; do
    ((SECONDS < deadline)) || kill -KILL "$pid" || die "can't stop process $pid ($1)"
    sleep 0.1
  done
  rm -rf "$dir/data" "$dir/pid"
}

# The package would also set up and start a server for the system.
install_postgres() {
  local conf=/etc/postgresql-common/createcluster.d/no-main.conf
  echo 'create_main_cluster = false' | as_root install -D -m 644 /dev/stdin "$conf"
  apt_install postgresql
  as_root rm "$conf"
}

start_postgres() {
  local bin dir port
  bin=$(newest_initdb)
  if [[ ! -x $bin ]]; then
    install_postgres
    bin=$(newest_initdb)
  fi
  bin=${bin%/initdb}
  dir=$(new_dir postgres)
  servers_started+=(postgres)
  "${as_server[@]}" "$bin/initdb" -D "$dir/data" -U postgres --no-sync --auth=trust \
    --encoding=UTF8 --locale=C >"$dir/log" 2>&1 || die_with_log "$dir" "initdb failed"
  port=$(free_port)
  launch "$dir" "$bin/postgres" -D "$dir/data" -k "$dir" -p "$port" \
    -c listen_addresses=127.0.0.1 -c max_connections=200 -c max_prepared_transactions=20 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off
  await "$dir" "$bin/pg_isready" -h "$dir" -p "$port" -U postgres
  "${as_server[@]}" "$bin/createdb" -h "$dir" -p "$port" -U postgres orm_test ||
    die_with_log "$dir" "createdb failed"
  export ORM_TEST_POSTGRES_URL=postgres://postgres@127.0.0.1:$port/orm_test
}

start_mariadb() {
  local dir port client
  # Only the programs: the package mariadb-server would set up a system service.
  mariadb_programs || apt_install mariadb-server-core mariadb-client-core
  dir=$(new_dir mariadb)
  servers_started+=(mariadb)
  "${as_server[@]}" mariadb-install-db --no-defaults --datadir="$dir/data" --tmpdir="$dir" \
    --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve \
    >"$dir/log" 2>&1 || die_with_log "$dir" "mariadb-install-db failed"
  port=$(free_port)
  launch "$dir" mariadbd --no-defaults --datadir="$dir/data" --tmpdir="$dir" \
    --socket="$dir/socket" --pid-file="$dir/data/pid" \
    --bind-address=127.0.0.1 --port="$port" --skip-name-resolve --max-connections=200 \
    --character-set-server=utf8mb4 --skip-log-bin --innodb-buffer-pool-size=128M \
    --innodb-flush-log-at-trx-commit=0
  client=(mariadb --no-defaults --socket="$dir/socket" -u root -e)
  await "$dir" "${client[@]}" 'SELECT 1'
  "${as_server[@]}" "${client[@]}" "
    CREATE DATABASE orm_test CHARACTER SET utf8mb4;
    CREATE USER orm IDENTIFIED BY 'orm';
    GRANT ALL ON *.* TO orm WITH GRANT OPTION;" ||
    die_with_log "$dir" "could not create the database"
  export ORM_TEST_MYSQL_URL=mysql://orm:orm@127.0.0.1:$port/orm_test
}

# Starts the servers whose URL isn't set, and exports their URLs. Replaces what
# an earlier run has left; waits for one that is still at it.
servers_start() {
  [[ -z ${ORM_TEST_POSTGRES_URL:-} || -z ${ORM_TEST_MYSQL_URL:-} ]] || return 0
  mkdir -p "$servers_dir"
  exec 9>"$servers_dir/lock"
  flock -n 9 || { echo "tests: waiting for another run" >&2 && flock 9; }
  [[ ${ORM_TEST_POSTGRES_URL:-} ]] || start_postgres
  [[ ${ORM_TEST_MYSQL_URL:-} ]] || start_mariadb
}

# Stops what servers_start has started.
servers_stop() {
  local server
  for server in "${servers_started[@]}"; do stop_server "$server"; done
  servers_started=()
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  case ${1:-} in
  start)
    # An earlier start may have set them, of servers that are no more.
    unset ORM_TEST_POSTGRES_URL ORM_TEST_MYSQL_URL
    trap servers_stop EXIT
    servers_start
    trap - EXIT
    echo "export ORM_TEST_POSTGRES_URL=$ORM_TEST_POSTGRES_URL"
    echo "export ORM_TEST_MYSQL_URL=$ORM_TEST_MYSQL_URL"
    ;;
  stop)
    servers_started=(postgres mariadb)
    servers_stop
    ;;
  *) die "usage: tests/servers.sh start|stop" ;;
  esac
fi
