extension Message {
    /// Whether somebody waits for an answer.
    public var wantsAnswer: Bool {
        switch self {
        case .single(let element): element.wantsAnswer
        case .batch(let elements): elements.contains(where: \.wantsAnswer)
        case .emptyBatch, .batchTooLarge: true
        }
    }
}

extension Incoming {
    fileprivate var wantsAnswer: Bool {
        switch self {
        case .request(let request): !request.isNotification
        case .response: false
        case .invalid: true
        }
    }
}
