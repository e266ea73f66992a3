internal import OpsCore

/// The one timer that is set for all checks.
struct Alarm {
    var due: Duration
    var token: any TimerToken
}
