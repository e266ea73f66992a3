#!/usr/bin/env bash
# Writes SDK/python/opsloop_plugin.py into the command line, which lays it beside new plugins.
set -euo pipefail
cd "$(dirname "$0")/.."
{
    echo "/// The Python SDK as \`opsloop plugin new\` writes it; made by \`scripts/embed-sdk.sh\`."
    echo "enum PythonSDK {"
    echo "    static let text = ##\"\"\""
    sed --expression='s/^\(.\)/        \1/' SDK/python/opsloop_plugin.py
    echo ""
    echo "        \"\"\"##"
    echo "}"
} >Sources/CLI/Plugins/PythonSDK.swift
