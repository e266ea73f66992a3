#!/usr/bin/env bash
# Installs what is missing: Debian packages, and for the tests Python packages in a folder of the project.
# Says nothing, and needs no network, when nothing is.
#   setup.sh build   what it takes to build
#   setup.sh run     also what the default plugins.json watches with
#   setup.sh test    also the servers, programs and clients that the tests use
#   setup.sh bench   also the database and the programs that the benchmarks compare with
set -euo pipefail
cd "$(dirname "$0")/.."

build=(libuv1-dev libsqlite3-dev libcurl4-openssl-dev libc-ares-dev libre2-dev libssl-dev libwebsockets-dev
    libwebsockets-evlib-uv libyaml-dev libexpat1-dev zlib1g-dev libzstd-dev pkg-config g++)
run=("${build[@]}" monitoring-plugins-basic tzdata)
test=("${run[@]}" python3 python3-jsonschema python3-venv openssl curl nginx-light knot iproute2 util-linux zstd sqlite3 strace binutils
    gcc libc6-dev prometheus-node-exporter nmap)
bench=("${test[@]}" postgresql-15 nagios4-core icinga2-bin prometheus victoria-metrics)

case ${1:-build} in
    build) wanted=("${build[@]}") ;;
    run) wanted=("${run[@]}") ;;
    test) wanted=("${test[@]}") ;;
    bench) wanted=("${bench[@]}") ;;
    *)
        sed --quiet --expression='2,7p' scripts/setup.sh >&2
        exit 64
        ;;
esac

missing=()
for package in "${wanted[@]}"; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done

if [ "${#missing[@]}" -gt 0 ]; then
    echo "installing: ${missing[*]}"
    as_root=()
    [ "$(id --user)" = 0 ] || as_root=(sudo)
    # Services of test servers must not start by themselves: the tests start their own.
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    "${as_root[@]}" apt-get update --quiet --quiet
    "${as_root[@]}" apt-get install --quiet --quiet --yes --no-install-recommends \
        "${missing[@]}" >/dev/null
fi

# The folder's copy of the list is written last: it says that everything in it was installed. A machine that
# doesn't reach the registry of Python packages does without these clients, and their tests are skipped; only
# CI may not.
python=.build-python
install_clients() {
    python3 -m venv --clear "$python" &&
        "$python/bin/python" -m pip install --quiet --disable-pip-version-check \
            --requirement scripts/requirements.txt &&
        cp scripts/requirements.txt "$python/requirements.txt"
}
if [ "${1:-build}" = test ] && ! { cmp --silent scripts/requirements.txt "$python/requirements.txt" &&
    "$python/bin/python" -c ''; }; then
    echo "installing: scripts/requirements.txt in $python"
    if ! install_clients; then
        rm --recursive --force "$python"
        echo "pip could not install scripts/requirements.txt; the tests of those clients are skipped" >&2
        [ -z "${CI:-}" ] || exit 69
    fi
fi

if ! command -v swift >/dev/null; then
    echo "Swift 6.3 is needed and not in PATH; see https://www.swift.org/install/linux/" >&2
    exit 69
fi
