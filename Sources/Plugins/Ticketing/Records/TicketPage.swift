internal import OpsCore

/// A ticket with what belongs to it, as `ticket.get` answers.
struct TicketPage: Codable, Sendable {
    var ticket: Ticket
    /// Where it may go from here.
    var nextStates: [TicketState]
    /// The newest lines of its timeline, the oldest of them first.
    var timeline: [Entry]
    /// The time worked on it, in milliseconds.
    var workMs: Int
    var links: [Link]
    /// What is measured on it by an SLA.
    var clocks: [ClockView] = []
    /// Of an incident: changes on what it affects that were begun within the 24 hours before it.
    var suspects: [Suspect] = []
}
