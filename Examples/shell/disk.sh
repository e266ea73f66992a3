#!/bin/bash
# A plugin in bash and nothing else: `opsloop disk free /var` says how much room there is.
# OpsLoop writes one line a message and begins it with jsonrpc, id and method.
set -uo pipefail
answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
refuse() {
    printf '{"jsonrpc":"2.0","id":%s,"error":{"code":%s,"message":"%s","data":{"kind":"%s"}}}\n' \
        "$id" "$1" "$2" "$3"
}
manifest='{"protocol":[1],"name":"disk","version":"1.0.0","summary":"Says how full the disks are.",
"features":["health"],"config_schema":{"type":"object"},"methods":[{"name":"disk.free",
"summary":"Shows the room on a disk.","effect":"read","params":{"type":"object","required":["path"],
"properties":{"path":{"type":"string","pattern":"^/[^\"\\\\]*$","x-positional":true,
"description":"A folder on it."}},"additionalProperties":false},"result":{"type":"object"}}]}'
while IFS= read -r line; do
    [[ $line =~ ^\{\"jsonrpc\":\"2.0\",\"id\":([0-9]+),\"method\":\"([^\"]+)\" ]] || continue
    id=${BASH_REMATCH[1]} method=${BASH_REMATCH[2]}
    case $method in
        plugin.describe) answer "${manifest//$'\n'/}" ;;
        plugin.health) answer '{"ok":true}' ;;
        plugin.*) answer '{}' ;;
        disk.free)
            [[ $line =~ \"path\":\"(/[^\"\\]*)\" ]] &&
                read -r free size < <(df -B1 --output=avail,size -- "${BASH_REMATCH[1]}" | tail -n 1) &&
                answer "{\"free_bytes\":$free,\"size_bytes\":$size}" ||
                refuse -32602 "path: is no folder" invalid_params ;;
        *) refuse -32601 "There is no method $method." method_not_found ;;
    esac
done
