internal import OpsCore
internal import OpsJSONRPC

/// Which states of a change follow which, by its type.
///
/// ```
/// normal     new -> assess -> authorize -> scheduled -> implement -> review -> closed
/// standard   new -> scheduled -> ...
/// emergency  new -> authorize -> scheduled -> ...
///            assess | authorize -> new (rejected); scheduled -> authorize (planned anew)
///            what is before implement -> cancelled
/// ```
enum ChangeRules {
    static func next(_ type: ChangeType, from state: TicketState) -> [TicketState] {
        switch (state, type) {
        case (.new, .normal): [.assess, .cancelled]
        case (.new, .standard): [.scheduled, .cancelled]
        case (.new, .emergency): [.authorize, .cancelled]
        case (.assess, _): [.authorize, .new, .cancelled]
        case (.authorize, _): [.scheduled, .new, .cancelled]
        case (.scheduled, .standard): [.implement, .cancelled]
        case (.scheduled, _): [.implement, .authorize, .cancelled]
        case (.implement, _): [.review]
        case (.review, _): [.closed]
        default: []
        }
    }
}
