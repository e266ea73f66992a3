#!/usr/bin/env bash
# Links libopsloop.so, OpsLoop as a C library with the Swift runtime inside.
#   lib.sh FOLDER                      builds a release and puts the library into FOLDER
#   lib.sh FOLDER debug [FLAG...]      links what `swift build` has made already; the tests do
#   lib.sh FOLDER install PREFIX       copies it from FOLDER to PREFIX, with header and pkg-config file
# The product is no SwiftPM product: those can neither have an export list nor hold the runtime.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=${1:?"usage: lib.sh FOLDER [debug|install PREFIX]"}
header=$root/Sources/Embed/include/opsloop.h

# The modules inside, each a folder of object files.
modules=(OpsEmbed OpsBundle OpsCore OpsCalendar OpsImport OpsImportMethods OpsPattern CPattern CSpawn OpsToken OpsJSONRPC GRDB Logging)
for plugin in "$root"/Sources/Plugins/*/; do modules+=("Ops$(basename "$plugin")"); done
packages=(sqlite3 libuv libcurl libcares zlib libcrypto libssl re2 libzstd expat)
# What Foundation, which GRDB uses, stands on. Objects of a release name these themselves.
runtime=(-lCoreFoundation -l_FoundationICU -l_FoundationCollections -l_FoundationCShims)

# The object files of a module. A folder keeps those of sources that are gone; the map that the build
# leaves beside them doesn't name them any more. A module in C has no map.
objects_of() { # FOLDER
    local map=$1/output-file-map.json object
    [ -f "$map" ] || { printf '%s\n' "$1"/*.o; return; }
    sed --quiet --regexp-extended 's/.*"object": ?"[^"]*\/([^"\/]+)".*/\1/p' "$map" |
        while read -r object; do [ ! -f "$1/$object" ] || printf '%s\n' "$1/$object"; done
}

link() { # OBJECTS-FOLDER FLAG...
    local build=$1 objects=() module
    shift
    # Sanitizers see through the runtime when it is a library of its own.
    case " $* " in *" -no-static-stdlib "*) runtime=() ;; esac
    for module in "${modules[@]}"; do
        readarray -t -O "${#objects[@]}" objects < <(objects_of "$build/$module.build")
    done
    mkdir --parents "$folder"
    # RE2 asks for -pthread as well, which swiftc does not know.
    # shellcheck disable=SC2046 # the flags of pkg-config are words
    swiftc -emit-library -static-stdlib -use-ld=lld "${objects[@]}" \
        $(pkg-config --libs-only-L --libs-only-l "${packages[@]}") "${runtime[@]}" \
        -Xlinker --version-script="$root/Sources/Embed/exports.map" \
        -Xlinker -soname=libopsloop.so.0 -Xlinker --gc-sections -Xlinker --no-undefined \
        -Xlinker -z -Xlinker nodelete \
        "$@" -o "$folder/libopsloop.so.0.new"
    # A program that runs keeps the file that it has.
    mv "$folder/libopsloop.so.0.new" "$folder/libopsloop.so.0"
    ln --symbolic --force libopsloop.so.0 "$folder/libopsloop.so"
    cp "$header" "$folder/"
}

case ${2:-release} in
    release)
        swift build --package-path "$root" --configuration release --static-swift-stdlib \
            --target OpsEmbed
        link "$root/.build/release" -Xlinker --strip-all
        ;;
    debug)
        link "${OPSLOOP_BUILD:-$root/.build/debug}" "${@:3}"
        ;;
    install)
        prefix=${3:?"usage: lib.sh FOLDER install PREFIX"}
        # The version as the header's users see it, read off the one place that has it.
        version=$(sed --quiet --regexp-extended \
            's/.*static let version = "([^"]+)".*/\1/p' "$root/Sources/Core/Platform/Platform.swift")
        install -D --mode=644 "$header" "$prefix/include/opsloop.h"
        install -D --mode=755 "$folder/libopsloop.so.0" "$prefix/lib/libopsloop.so.0"
        ln --symbolic --force libopsloop.so.0 "$prefix/lib/libopsloop.so"
        mkdir --parents "$prefix/lib/pkgconfig"
        cat >"$prefix/lib/pkgconfig/opsloop.pc" <<END
prefix=$prefix
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: opsloop
Description: IT operations in one process, as a library
Version: $version
Requires.private: ${packages[*]}
Libs: -L\${libdir} -lopsloop
Cflags: -I\${includedir}
END
        ;;
    *)
        sed --quiet --expression='2,5p' "$0" >&2
        exit 64
        ;;
esac
