/// OpsLoop's version, as `CHANGELOG.md` has it.
let opsloopVersion = "0.1.0"
