import CRiseEdge

/// A set of modalities; a radius is calibrated for each set.
public struct Modalities: OptionSet, Sendable, CustomStringConvertible {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let colour = Modalities(rawValue: UInt32(RISE_COLOUR))
    public static let depth = Modalities(rawValue: UInt32(RISE_DEPTH))
    public static let infrared = Modalities(rawValue: UInt32(RISE_INFRARED))

    /// The name that manifests and events use: `colour+depth`.
    public var description: String {
        let named: [(String, Modalities)] = [("colour", .colour), ("depth", .depth), ("infrared", .infrared)]
        return named.filter { contains($0.1) }.map(\.0).joined(separator: "+")
    }
}
