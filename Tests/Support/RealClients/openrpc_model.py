"""Reads an OpenRPC document with the package openrpc and names its methods.

usage: openrpc_model.py FILE
"""

import json
import pathlib
import sys

from openrpc import OpenRPC
from pydantic import ValidationError

try:
    OpenRPC.model_validate({"openrpc": "1.3.2", "methods": [{"name": "a"}]})
    sys.exit("the package takes anything")
except ValidationError:
    pass

text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
document = OpenRPC.model_validate(json.loads(text))
for method in document.methods:
    print(method.name)
