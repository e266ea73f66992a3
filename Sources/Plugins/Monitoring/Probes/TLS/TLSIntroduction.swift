/// What a server shows of itself in the handshake.
struct TLSIntroduction: Sendable, Equatable {
    /// nil for one that is too new to have a name here.
    var version: TLSVersion?
    var cipher: String
    /// Its own certificate first, each in DER form.
    var certificates: [[UInt8]]
}
