# What bin/jltrace, bin/build and bin/test share: where the checkout is, which Java it uses, what it installs.
# Sourced; expects $root, the checkout's top folder.

# Where JNA's jar has its native library, and the program's folder too, so that no start has to unpack it.
native_folder=com/sun/jna/linux-x86-64

say() { printf 'jltrace: %s\n' "$*" >&2; }

# The Java 17 or later that has bin/PROGRAM: JAVA_HOME's, Debian's, then the PATH's. Sets java_home and java_build (a name of
# just this JDK, for files), or fails.
find_java() {
  local program=$1 path
  for java_home in "${JAVA_HOME:-}" /usr/lib/jvm/java-17-openjdk-amd64; do
    is_java_17 "$program" && return
  done
  path=$(type -P "$program") && path=$(readlink -f -- "$path") && java_home=${path%/bin/*} && is_java_17 "$program"
}

# The version is read from the installation's release file: asking java itself takes longer than the rest of this.
is_java_17() {
  local line version=0
  java_build=
  [ -n "$java_home" ] && [ -x "$java_home/bin/$1" ] && [ -r "$java_home/release" ] || return
  while read -r line; do
    case $line in
      JAVA_VERSION=*) version=${line#*\"} version=${version%%[!0-9]*} ;;
      JAVA_RUNTIME_VERSION=*) java_build=${line#*\"} java_build=${java_build%%[!A-Za-z0-9.+-]*} ;;
    esac
  done <"$java_home/release"
  [ "${version:-0}" -ge 17 ]
}

# Runs Maven with the JDK that find_java found. A build is short: what its JVM would spend on optimizing itself is not earned back.
run_maven() {
  JAVA_HOME=$java_home MAVEN_OPTS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 ${MAVEN_OPTS:-}" mvn -B "$@"
}

# Whether .jltrace/dist was built from the sources as they are: none, and no folder that lost one, is newer than its start.
is_built() {
  local built=$root/.jltrace/dist/built sources
  [ -e "$built" ] || return
  sources=$(compgen -G "$root/*/src/main") || return
  mapfile -t sources <<<"$sources"
  [ -z "$(find "$root"/pom.xml "$root"/*/pom.xml "${sources[@]}" -newer "$built" -print -quit)" ]
}

# Installs those of the Debian packages PACKAGE... that are missing.
install_packages() {
  local package log missing=()
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! type -P apt-get >/dev/null; then
    say "these Debian packages' programs are needed: ${missing[*]}; install them (there is no apt-get here)"
    return 1
  fi
  if [ "$(id -u)" != 0 ]; then
    say "these packages are needed: ${missing[*]}; run once as root, or: sudo apt-get install ${missing[*]}"
    return 1
  fi
  say "installing packages: ${missing[*]}"
  log=$(mktemp) || return
  if ! { apt-get update -q -o DPkg::Lock::Timeout=600 \
    && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=600 \
      "${missing[@]}"; } </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "apt-get could not install: ${missing[*]} (its whole output: $log)"
    return 1
  fi
  rm -f "$log"
}
