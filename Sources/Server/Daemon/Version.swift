internal import OpsCore

/// OpsLoop's version, as `CHANGELOG.md` has it.
let opsloopVersion = Platform.version
